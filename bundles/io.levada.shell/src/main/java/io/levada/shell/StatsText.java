/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import io.levada.api.pipeline.LinkStatus;
import io.levada.api.pipeline.PipelineStatus;
import io.levada.api.pipeline.StageStatus;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What {@code levada:stats} shows: counters, latencies, drops by cause. */
final class StatsText {

    private StatsText() {}

    static String of(List<PipelineStatus> pipelines) {
        return pipelines.isEmpty()
                ? "no pipelines\n"
                : pipelines.stream().map(StatsText::of).collect(Collectors.joining("\n"));
    }

    private static String of(PipelineStatus pipeline) {
        var text = new StringBuilder(pipeline.name())
                .append(' ')
                .append(pipeline.state())
                .append("  ")
                .append(Units.rate(pipeline.framesPerSecond()))
                .append(" fps  latency p99 ")
                .append(Units.nanos(pipeline.latencyP99()))
                .append("  ")
                .append(Units.count(pipeline.readers(), "reader"))
                .append("  ")
                .append(Units.count(pipeline.events(), "event"))
                .append("  ")
                .append(pipeline.dropped())
                .append(" dropped\n");
        if (!pipeline.stages().isEmpty()) {
            text.append('\n').append(stages(pipeline.stages()));
        }
        pipeline.stages().stream()
                .filter(stage -> stage.warnings() > 0)
                .forEach(stage ->
                        text.append(Table.indented("  ", stage.name() + " warned last: " + stage.lastWarning())));
        if (!pipeline.links().isEmpty()) {
            text.append('\n').append(links(pipeline.links()));
        }
        return text.toString();
    }

    private static Table stages(List<StageStatus> stages) {
        var table = new Table("STAGE", ">IN", ">OUT", ">PER SAMPLE", ">P50", ">P99", ">RESTARTS", ">WARNED", "FIGURES");
        for (var stage : stages) {
            long samples = Math.max(stage.samplesIn(), stage.samplesOut());
            table.row(
                    stage.name(),
                    stage.samplesIn(),
                    stage.samplesOut(),
                    Units.nanos(samples == 0 ? 0 : stage.busyNanos() / samples),
                    Units.nanos(stage.latencyP50()),
                    Units.nanos(stage.latencyP99()),
                    stage.restarts(),
                    stage.warnings(),
                    figures(stage.gauges()));
        }
        return table;
    }

    private static Table links(List<LinkStatus> links) {
        var table = new Table("LINK", "POLICY", ">SAMPLES", ">QUEUED", "DROPPED");
        for (var link : links) {
            table.row(
                    link.from() + " > " + link.to(),
                    link.policy(),
                    link.samples(),
                    link.queued() + "/" + link.capacity(),
                    figures(link.dropped()));
        }
        return table;
    }

    /** {@code full 12, keyframe-wait 3}; a dash for none. */
    private static String figures(Map<String, Long> figures) {
        String text = new TreeMap<>(figures)
                .entrySet().stream()
                        .map(figure -> figure.getKey() + " " + figure.getValue())
                        .collect(Collectors.joining(", "));
        return text.isEmpty() ? "-" : text;
    }
}
