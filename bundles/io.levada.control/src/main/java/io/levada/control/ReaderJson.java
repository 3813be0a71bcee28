/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.control;

import com.fasterxml.jackson.core.JsonGenerator;
import io.levada.api.server.EndedReader;
import io.levada.api.server.ReaderStatus;
import io.levada.api.server.Readers;
import java.io.IOException;
import java.util.List;

/** Who reads, and whom servers ended lately, as two arrays of an object that is being written. */
final class ReaderJson {

    private ReaderJson() {}

    static void write(JsonGenerator json, List<Readers> servers) throws IOException {
        json.writeArrayFieldStart("readers");
        for (var server : servers) {
            for (var reader : server.readers()) {
                json.writeStartObject();
                write(json, reader);
                json.writeEndObject();
            }
        }
        json.writeEndArray();
        json.writeArrayFieldStart("endedReaders");
        for (var server : servers) {
            for (var ended : server.ended()) {
                write(json, ended);
            }
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, EndedReader ended) throws IOException {
        json.writeStartObject();
        json.writeStringField("at", ended.at().toString());
        json.writeStringField("reason", ended.reason());
        write(json, ended.reader());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, ReaderStatus reader) throws IOException {
        json.writeStringField("id", reader.id());
        json.writeStringField("protocol", reader.protocol());
        json.writeStringField("transport", reader.transport());
        json.writeStringField("pipeline", reader.pipeline());
        json.writeStringField("stage", reader.stage());
        json.writeStringField("path", reader.path());
        json.writeStringField("user", reader.user());
        json.writeStringField("address", reader.address());
        json.writeStringField("state", reader.state().name());
        json.writeStringField("since", reader.since().toString());
        json.writeNumberField("packets", reader.packets());
        json.writeNumberField("bytes", reader.bytes());
        json.writeNumberField("dropped", reader.dropped());
        json.writeNumberField("skips", reader.skips());
        json.writeNumberField("queued", reader.queued());
        json.writeNumberField("queuedBytes", reader.queuedBytes());
        if (reader.reception().isPresent()) {
            var reception = reader.reception().get();
            json.writeObjectFieldStart("reception");
            json.writeNumberField("lost", reception.lost());
            json.writeNumberField("lossRatio", reception.lossRatio());
            json.writeNumberField("jitterMillis", reception.jitter() / 1e6);
            json.writeNumberField("roundTripMillis", reception.roundTrip() / 1e6);
            json.writeEndObject();
        }
    }
}
