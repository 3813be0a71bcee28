/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.metrics;

import io.levada.api.server.ReaderState;
import io.levada.api.server.ReaderStatus;
import io.levada.api.server.Reception;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Readers: how many there are, and the newest of them one by one. */
final class ReaderMetrics {

    private static final double SECOND = 1e9;

    /** How many there are in all: of a node, so without labels that tell it from others. */
    private static final List<Family<List<ReaderStatus>>> ALL = List.of(Family.gauge(
            "levada_readers", "Readers of all servers, by what they are about", "state", ReaderMetrics::byState));

    private static final List<Family<ReaderStatus>> EACH = List.of(
            Family.info(
                    "levada_reader",
                    "Who the reader is",
                    reader -> Labels.of(
                            "path",
                            reader.path(),
                            "protocol",
                            reader.protocol(),
                            "transport",
                            reader.transport(),
                            "address",
                            reader.address(),
                            "user",
                            reader.user())),
            Family.state("levada_reader_state", "1 for what the reader is about", ReaderStatus::state),
            Family.gauge(
                    "levada_reader_since_timestamp_seconds",
                    "When the reader came",
                    reader -> reader.since().toEpochMilli() / 1e3),
            Family.counter("levada_reader_sent_packets", "Packets sent to the reader", ReaderStatus::packets),
            Family.counter("levada_reader_sent_bytes", "Bytes sent to the reader", ReaderStatus::bytes),
            Family.counter(
                    "levada_reader_dropped_packets",
                    "Packets that the reader was not sent because it was too slow",
                    ReaderStatus::dropped),
            Family.counter(
                    "levada_reader_skips",
                    "How often the reader was skipped forward to a keyframe",
                    ReaderStatus::skips),
            Family.gauge("levada_reader_queued_units", "Access units that wait for the reader", ReaderStatus::queued),
            Family.gauge(
                    "levada_reader_queued_bytes",
                    "Bytes that wait for the reader, shared with other readers",
                    ReaderStatus::queuedBytes),
            reported(
                    "levada_reader_lost_packets", "Packets lost on the way, as the reader reports it", Reception::lost),
            reported(
                    "levada_reader_loss_ratio",
                    "The part that was lost between the reader's last two reports",
                    Reception::lossRatio),
            reported(
                    "levada_reader_jitter_seconds",
                    "Interarrival jitter, as the reader reports it",
                    reception -> reception.jitter() / SECOND),
            reported(
                    "levada_reader_round_trip_seconds",
                    "There and back; 0 while it is not known",
                    reception -> reception.roundTrip() / SECOND));

    private ReaderMetrics() {}

    private static Map<String, Integer> byState(List<ReaderStatus> readers) {
        var counts = new LinkedHashMap<String, Integer>();
        Stream.of(ReaderState.values()).forEach(state -> counts.put(state.name(), 0));
        readers.forEach(reader -> counts.merge(reader.state().name(), 1, Integer::sum));
        return counts;
    }

    private static Family<ReaderStatus> reported(String name, String help, ToDoubleFunction<Reception> value) {
        return Family.optional(name, help, reader -> reader.reception().map(value::applyAsDouble));
    }

    /** @param most how many are told of one by one, the newest */
    static Stream<MetricSnapshot> of(List<ReaderStatus> readers, int most) {
        var each = new LinkedHashMap<Labels, ReaderStatus>();
        readers.stream()
                .sorted(Comparator.comparing(ReaderStatus::since).reversed())
                .limit(most)
                .forEach(reader -> each.put(
                        Labels.of("pipeline", reader.pipeline(), "stage", reader.stage(), "reader", reader.id()),
                        reader));
        return Stream.concat(PipelineMetrics.all(ALL, Map.of(Labels.EMPTY, readers)), PipelineMetrics.all(EACH, each));
    }
}
