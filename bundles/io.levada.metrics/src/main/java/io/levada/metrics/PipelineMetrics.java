/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.metrics;

import io.levada.api.pipeline.LinkStatus;
import io.levada.api.pipeline.PipelineStatus;
import io.levada.api.pipeline.StageStatus;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Pipelines with their stages, links and streams. */
final class PipelineMetrics {

    private static final double SECOND = 1e9;

    private static final List<Family<PipelineStatus>> PIPELINE = List.of(
            Family.state("levada_pipeline_state", "1 for the state that the pipeline is in", PipelineStatus::state),
            Family.gauge(
                    "levada_pipeline_healthy",
                    "Whether all is as the pipeline's definition wants it",
                    pipeline -> pipeline.state().healthy() ? 1 : 0),
            Family.gauge(
                    "levada_pipeline_state_since_timestamp_seconds",
                    "When the pipeline came into its state",
                    pipeline -> pipeline.since().toEpochMilli() / 1e3),
            Family.gauge(
                    "levada_pipeline_problems",
                    "What is wrong with the pipeline, in number",
                    pipeline -> pipeline.problems().size()),
            Family.gauge("levada_pipeline_readers", "Readers of the pipeline's servers", PipelineStatus::readers),
            Family.gauge(
                    "levada_pipeline_memory_bytes",
                    "Memory, most of it native, that the pipeline's samples hold",
                    PipelineStatus::memory),
            Family.counter(
                    "levada_pipeline_dropped_samples",
                    "Samples that links and stages dropped",
                    PipelineStatus::dropped),
            Family.counter("levada_pipeline_events", "Events that analyzers emitted", PipelineStatus::events),
            Family.latency(
                    "levada_pipeline_latency_seconds",
                    "From capture to the pipeline's sinks, over the last minute",
                    pipeline -> Map.of(0.99, pipeline.latencyP99())));

    private static final List<Family<StageStatus>> STAGE = List.of(
            Family.info(
                    "levada_stage",
                    "What fills the stage",
                    stage -> Labels.of(
                            "type", stage.type(), "implementation", stage.implementation(), "bundle", stage.bundle())),
            Family.state("levada_stage_state", "1 for the state that the stage is in", StageStatus::state),
            Family.counter("levada_stage_input_samples", "Samples that the stage took", StageStatus::samplesIn),
            Family.counter("levada_stage_output_samples", "Samples that the stage put out", StageStatus::samplesOut),
            Family.counter(
                    "levada_stage_busy_seconds",
                    "Time spent in the stage's calls",
                    stage -> stage.busyNanos() / SECOND),
            Family.counter("levada_stage_restarts", "Restarts of the stage after a fault", StageStatus::restarts),
            Family.counter("levada_stage_warnings", "Warnings that the stage gave", StageStatus::warnings),
            Family.latency(
                    "levada_stage_latency_seconds",
                    "From capture until the stage took the sample, over the last minute",
                    stage -> Map.of(0.5, stage.latencyP50(), 0.99, stage.latencyP99())),
            Family.untyped(
                    "levada_stage_figure", "Figures of the stage's own, by name", "figure", StreamFigure::others));

    private static final List<Family<LinkStatus>> LINK = List.of(
            Family.counter("levada_link_samples", "Samples that were put on the link", LinkStatus::samples),
            Family.gauge("levada_link_queued_samples", "Samples that wait in the link", LinkStatus::queued),
            Family.gauge(
                    "levada_link_queued_bytes", "Bytes of the samples that wait in the link", LinkStatus::queuedBytes),
            Family.gauge("levada_link_capacity_samples", "Samples that the link takes at most", LinkStatus::capacity),
            Family.counter(
                    "levada_link_dropped_samples", "Samples that the link dropped", "cause", PipelineMetrics::dropped));

    private static final List<Family<StageStatus>> STREAM = List.of(
            Family.gauge("levada_stream_readers", "Readers that play the stream", StreamFigure.READERS::of),
            Family.counter("levada_stream_sent_bytes", "Bytes sent to readers", StreamFigure.BYTES::of),
            Family.counter("levada_stream_sent_packets", "Packets sent to readers", StreamFigure.PACKETS::of),
            Family.counter(
                    "levada_stream_dropped_packets",
                    "Packets that readers were not sent",
                    "cause",
                    StreamFigure::dropped),
            Family.counter(
                    "levada_stream_evicted_readers",
                    "Readers that were thrown out for being too slow",
                    StreamFigure.EVICTED::of));

    /** What every link may drop for: told before it happens, so that the first time is seen as a rise. */
    private static final List<String> CAUSES = List.of("full", "to-keyframe", "budget", "hang");

    private PipelineMetrics() {}

    private static Map<String, Long> dropped(LinkStatus link) {
        var dropped = new LinkedHashMap<String, Long>();
        CAUSES.forEach(cause -> dropped.put(cause, 0L));
        dropped.putAll(link.dropped());
        return dropped;
    }

    static Stream<MetricSnapshot> of(List<PipelineStatus> now) {
        var pipelines = new LinkedHashMap<Labels, PipelineStatus>();
        var stages = new LinkedHashMap<Labels, StageStatus>();
        var links = new LinkedHashMap<Labels, LinkStatus>();
        for (var pipeline : now) {
            var labels = Labels.of("pipeline", pipeline.name());
            pipelines.put(labels, pipeline);
            pipeline.stages().forEach(stage -> stages.put(labels.add("stage", stage.name()), stage));
            pipeline.links()
                    .forEach(link -> links.put(labels.merge(Labels.of("from", link.from(), "to", link.to())), link));
        }
        var streams = new LinkedHashMap<>(stages);
        streams.values().removeIf(stage -> !StreamFigure.serves(stage));
        return Stream.of(all(PIPELINE, pipelines), all(STAGE, stages), all(LINK, links), all(STREAM, streams))
                .flatMap(metrics -> metrics);
    }

    static <T> Stream<MetricSnapshot> all(List<Family<T>> families, Map<Labels, T> things) {
        return families.stream().map(family -> family.of(things)).flatMap(Optional::stream);
    }
}
