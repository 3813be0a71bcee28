/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.pipeline;

import io.levada.api.pipeline.State;
import io.levada.wiring.definition.Finding;
import io.levada.wiring.graph.Graph;
import java.util.List;

/** How a definition turns out that was started without anything to go back to. */
enum Verdict {
    /** Part of it is still being opened, or waits for its bundle and was not checked as a whole. */
    OPEN,
    /** All of it could be opened; what waits or retries does so for others. */
    GOOD,
    /** A stage of it can't work. */
    BAD;

    static Verdict of(Graph graph, List<Finding> problems) {
        if (problems.stream().anyMatch(Verdict::isBad)) {
            return BAD;
        }
        if (problems.stream().anyMatch(Verdict::waitsForItsType)) {
            return OPEN;
        }
        // behind a peer or a pipeline that is away, all may be starting for days
        return graph.starting() && problems.isEmpty() ? OPEN : GOOD;
    }

    static boolean isBad(Finding problem) {
        return problem.state() == State.INVALID || problem.state() == State.FAILED;
    }

    private static boolean waitsForItsType(Finding problem) {
        return problem.state() == State.WAITING && problem.parameter().equals("type");
    }
}
