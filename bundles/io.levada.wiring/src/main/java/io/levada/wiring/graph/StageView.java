/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.pipeline.StageStatus;
import io.levada.api.pipeline.State;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A picture of a node. */
record StageView(
        String name,
        String type,
        String implementation,
        String bundle,
        State state,
        String reason,
        Map<String, String> formats,
        long samplesIn,
        long samplesOut,
        long busyNanos,
        long latencyP50,
        long latencyP99,
        long restarts,
        String fault,
        long warnings,
        String lastWarning,
        Map<String, Long> gauges)
        implements StageStatus {

    static StageView of(Node node) {
        var figures = node.figures();
        var entry = node.implementation();
        var formats = new TreeMap<String, String>();
        long out = 0;
        for (var track : node.tracks()) {
            out += track.samples();
            if (track.format() != null) {
                formats.put(track.name(), track.format().toString());
            }
        }
        var latency = figures.latency.percentiles(50, 99);
        boolean missing = node instanceof StageNode stage
                && node.running()
                && !stage.ports().missingTrack().isEmpty();
        var reason = missing ? ((StageNode) node).ports().missingTrack() : node.reason();
        return new StageView(
                node.name(),
                node.definition().type(),
                entry == null ? "" : entry.name(),
                node.state() == State.WAITING ? "" : node.plugin(),
                missing ? State.WAITING : node.state(),
                node instanceof StageNode stage && stage.transfer() ? putIn(stage) + reason : reason,
                formats,
                node instanceof StageNode ? figures.in.value() : 0,
                out,
                figures.busyNanos.value(),
                latency[0],
                latency[1],
                figures.restarts.value(),
                figures.fault(),
                figures.warnings(),
                figures.lastWarning(),
                figures.gauges());
    }

    /** For whom nobody wrote it down. */
    private static String putIn(StageNode transfer) {
        var consumers = transfer.subscribers().stream()
                .map(subscription -> subscription.foreign()
                        ? subscription.consumer().id()
                        : subscription.consumer().name())
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        return consumers.isEmpty() ? "" : "put in for " + consumers + "; ";
    }
}
