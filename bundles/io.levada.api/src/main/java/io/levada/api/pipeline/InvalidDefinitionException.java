/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.pipeline;

import java.util.List;
import java.util.stream.Collectors;

/** A definition was refused; the message has a line for each problem. */
public final class InvalidDefinitionException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public InvalidDefinitionException(List<? extends Problem> problems) {
        super(problems.stream()
                .map(problem -> problem.key().isEmpty() ? problem.message() : problem.key() + "  " + problem.message())
                .collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** What is wrong, at least one. */
    public List<Problem> problems() {
        return problems;
    }
}
