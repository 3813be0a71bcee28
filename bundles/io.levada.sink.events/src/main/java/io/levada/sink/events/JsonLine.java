/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.sink.events;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.levada.api.media.Event;
import io.levada.api.media.Region;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/**
 * An event as a line of JSON:
 *
 * <pre>{@code
 * {"time":"2026-01-01T00:00:01.040Z","source":"lobby/cam:video","epoch":0,"pts":13312,"running":1.04,"subject":"motion",
 *  "regions":[{"label":"motion","score":0.82,"x":0.1,"y":0.25,"width":0.2,"height":0.125}],"values":{"moving":true}}
 * }</pre>
 *
 * <p>{@code time} is the wall clock at the capture of the picture, {@code pts} counts ticks of the source's track,
 * {@code running} seconds of the source's running time; regions are in parts of the picture's width and height. A region of
 * something that is followed has its number as {@code track}, one that is no box its corners as {@code outline}.
 */
final class JsonLine {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSXXX");

    /** Digits behind the point for what is measured on a picture: a tenth of a pixel of a 4K one. */
    private static final double PRECISION = 1e5;

    private final JsonFactory factory = new JsonFactory();
    private final Line line = new Line();
    private final DateTimeFormatter time;

    JsonLine(ZoneId zone) {
        time = TIME.withZone(zone);
    }

    /** The line with its line feed in UTF-8; valid until the next call. */
    ByteBuffer of(Event event) throws IOException {
        line.reset();
        try (var json = factory.createGenerator(line)) {
            json.writeStartObject();
            var stamp = event.stamp();
            json.writeStringField("time", time.format(Instant.ofEpochSecond(0, stamp.captureTime())));
            json.writeStringField("source", stamp.source());
            json.writeNumberField("epoch", stamp.epoch());
            json.writeNumberField("pts", stamp.pts());
            json.writeNumberField("running", Math.round(stamp.runningTime() / 1e3) / 1e6);
            json.writeStringField("subject", event.subject());
            regions(json, event);
            values(json, event);
            json.writeEndObject();
        }
        line.write('\n');
        return line.content();
    }

    private static void regions(JsonGenerator json, Event event) throws IOException {
        json.writeArrayFieldStart("regions");
        for (var region : event.regions()) {
            region(json, region);
        }
        json.writeEndArray();
    }

    private static void region(JsonGenerator json, Region region) throws IOException {
        json.writeStartObject();
        json.writeStringField("label", region.label());
        number(json, "score", rounded(region.score()));
        number(json, "x", rounded(region.x()));
        number(json, "y", rounded(region.y()));
        number(json, "width", rounded(region.width()));
        number(json, "height", rounded(region.height()));
        if (region.track() != Region.NO_TRACK) {
            json.writeNumberField("track", region.track());
        }
        if (!region.outline().isEmpty()) {
            outline(json, region);
        }
        json.writeEndObject();
    }

    private static void outline(JsonGenerator json, Region region) throws IOException {
        json.writeArrayFieldStart("outline");
        for (var corner : region.outline()) {
            json.writeStartArray();
            json.writeNumber(rounded(corner.x()));
            json.writeNumber(rounded(corner.y()));
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    private static void values(JsonGenerator json, Event event) throws IOException {
        json.writeObjectFieldStart("values");
        for (var value : event.values().entrySet()) {
            if (value.getValue() instanceof Boolean flag) {
                json.writeBooleanField(value.getKey(), flag);
            } else if (value.getValue() instanceof Long number) {
                json.writeNumberField(value.getKey(), number);
            } else if (value.getValue() instanceof Double number) {
                number(json, value.getKey(), number);
            } else {
                json.writeStringField(value.getKey(), value.getValue().toString());
            }
        }
        json.writeEndObject();
    }

    private static double rounded(double value) {
        return Double.isFinite(value) ? Math.round(value * PRECISION) / PRECISION : value;
    }

    /** JSON knows neither infinity nor NaN. */
    private static void number(JsonGenerator json, String name, double value) throws IOException {
        if (Double.isFinite(value)) {
            json.writeNumberField(name, value);
        } else {
            json.writeNullField(name);
        }
    }

    /** Lends its bytes instead of copying them. */
    private static final class Line extends ByteArrayOutputStream {

        ByteBuffer content() {
            return ByteBuffer.wrap(buf, 0, count);
        }
    }
}
