/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.pipeline;

import io.levada.api.pipeline.LinkStatus;
import io.levada.api.pipeline.PipelineStatus;
import io.levada.api.pipeline.Problem;
import io.levada.api.pipeline.StageStatus;
import io.levada.api.pipeline.State;
import io.levada.wiring.definition.Finding;
import io.levada.wiring.graph.Graph;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A pipeline as others see it at one moment. */
record PipelineView(
        String name,
        State state,
        List<Problem> problems,
        Instant since,
        List<StageStatus> stages,
        List<LinkStatus> links,
        double framesPerSecond,
        long latencyP99,
        long dropped,
        long memory,
        long events,
        long readers)
        implements PipelineStatus {

    /** @param graph empty when nothing of it runs */
    static PipelineView of(String name, State state, List<Finding> problems, Instant since, Optional<Graph> graph) {
        List<Problem> wrong = List.copyOf(problems);
        return graph.map(running -> new PipelineView(
                        name,
                        state,
                        wrong,
                        since,
                        running.stages(),
                        running.links(),
                        running.framesPerSecond(),
                        running.latencyP99(),
                        running.dropped(),
                        running.memory(),
                        running.events(),
                        running.readers()))
                .orElseGet(() -> new PipelineView(name, state, wrong, since, List.of(), List.of(), 0, 0, 0, 0, 0, 0));
    }
}
