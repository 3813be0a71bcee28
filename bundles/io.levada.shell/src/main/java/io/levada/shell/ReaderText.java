/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import io.levada.api.server.EndedReader;
import io.levada.api.server.ReaderStatus;
import io.levada.api.server.Reception;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What {@code levada:readers} shows. */
final class ReaderText {

    private ReaderText() {}

    /** @param none what is said when there is no reader */
    static String of(List<ReaderStatus> readers, List<EndedReader> ended, String none, Instant now) {
        var text = new StringBuilder();
        if (readers.isEmpty()) {
            text.append(none).append('\n');
        } else {
            text.append(present(readers, now)).append('\n').append(receptions(readers));
        }
        if (!ended.isEmpty()) {
            text.append("\nended by the server lately\n").append(ended(ended, now));
        }
        return text.toString();
    }

    private static Table present(List<ReaderStatus> readers, Instant now) {
        var table =
                new Table("READER", "PATH", "FROM", "VIA", "STATE", ">SINCE", ">SENT", ">DROPPED", ">SKIPS", ">QUEUED");
        for (var reader : readers) {
            table.row(
                    reader.id(),
                    reader.path(),
                    from(reader),
                    reader.protocol() + " " + reader.transport(),
                    reader.state(),
                    Units.age(Duration.between(reader.since(), now)),
                    Units.bytes(reader.bytes()),
                    reader.dropped(),
                    reader.skips(),
                    Units.bytes(reader.queuedBytes()));
        }
        return table;
    }

    /** Packets sent, and what became of them as readers report it. */
    private static Table receptions(List<ReaderStatus> readers) {
        var table = new Table("READER", ">PACKETS", ">LOST", ">JITTER", ">ROUND TRIP");
        for (var reader : readers) {
            var reception = reader.reception();
            table.row(
                    reader.id(),
                    reader.packets(),
                    reception.map(Reception::lost).map(String::valueOf).orElse("-"),
                    reception.map(Reception::jitter).map(Units::nanos).orElse("-"),
                    reception.map(Reception::roundTrip).map(Units::nanos).orElse("-"));
        }
        return table;
    }

    private static String from(ReaderStatus reader) {
        return reader.user().isEmpty() ? reader.address() : reader.user() + " " + reader.address();
    }

    private static Table ended(List<EndedReader> ended, Instant now) {
        var table = new Table("READER", "PATH", "FROM", "VIA", ">AGO", ">DROPPED", ">SKIPS", "REASON");
        for (var each : ended) {
            var reader = each.reader();
            table.row(
                    reader.id(),
                    reader.path(),
                    from(reader),
                    reader.protocol() + " " + reader.transport(),
                    Units.age(Duration.between(each.at(), now)),
                    reader.dropped(),
                    reader.skips(),
                    each.reason());
        }
        return table;
    }
}
