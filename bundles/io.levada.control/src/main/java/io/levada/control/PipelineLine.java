/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.control;

import io.levada.api.pipeline.PipelineStatus;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** One pipeline in one line, with rates since the line before. One thread uses it. */
final class PipelineLine {

    private final String name;
    private long events = -1;
    private long eventsAt;

    PipelineLine(String name) {
        this.name = name;
    }

    String text(List<PipelineStatus> pipelines) {
        return pipelines.stream()
                .filter(p -> p.name().equals(name))
                .findFirst()
                .map(this::text)
                .orElse(name + " is not there yet");
    }

    private String text(PipelineStatus pipeline) {
        var line = "%s %s  %s  %.0f events/s  %d dropped"
                .formatted(
                        name, pipeline.state(), flow(pipeline), eventsPerSecond(pipeline.events()), pipeline.dropped());
        return line + reason(pipeline);
    }

    /** Pictures, latency and readers, such as {@code 12.5 fps  latency p99 41 ms  2 readers}. */
    static String flow(PipelineStatus pipeline) {
        var latency = pipeline.latencyP99() == 0
                ? "-"
                : Duration.ofNanos(pipeline.latencyP99()).toMillis() + " ms";
        return String.format(
                Locale.ROOT,
                "%.1f fps  latency p99 %s  %d %s",
                pipeline.framesPerSecond(),
                latency,
                pipeline.readers(),
                pipeline.readers() == 1 ? "reader" : "readers");
    }

    static String reason(PipelineStatus pipeline) {
        return pipeline.problems().stream()
                .findFirst()
                .map(p -> "  " + (p.key().isEmpty() ? "" : p.key() + ": ") + p.message())
                .orElse("");
    }

    private double eventsPerSecond(long now) {
        long time = System.nanoTime();
        double rate = events < 0 || now < events ? 0 : (now - events) * 1e9 / (time - eventsAt);
        events = now;
        eventsAt = time;
        return rate;
    }
}
