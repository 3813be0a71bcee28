/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import io.levada.api.pipeline.Problem;
import io.levada.api.pipeline.State;
import java.util.List;

/** What {@code levada:check} shows. */
final class CheckText {

    private CheckText() {}

    /** The pipeline, the state that the definition would put it into, and each problem with its key. */
    static String of(String name, List<Problem> problems) {
        var state = problems.stream().anyMatch(problem -> problem.state() == State.INVALID)
                ? State.INVALID
                : problems.get(0).state();
        return name + " would be " + state + "\n" + lines(problems);
    }

    /** Each problem with its key. */
    static String lines(List<Problem> problems) {
        int width = problems.stream()
                .mapToInt(problem -> problem.key().length())
                .max()
                .orElse(0);
        var text = new StringBuilder();
        for (var problem : problems) {
            String key = problem.key() + " ".repeat(width - problem.key().length());
            text.append(Table.indented("  " + key + (width > 0 ? "  " : ""), problem.message()));
        }
        return text.toString();
    }
}
