/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.stage;

import java.util.List;

/**
 * One order to a stage.
 *
 * @param command the name of a {@link Command}
 * @param arguments its arguments, as they were written
 * @param given when, in terms of {@link Clock#nanoTime}
 */
public record Order(String command, List<String> arguments, long given) {

    public Order {
        arguments = List.copyOf(arguments);
    }

    /** The arguments in one, a space between each. */
    public String argument() {
        return String.join(" ", arguments);
    }

    @Override
    public String toString() {
        return arguments.isEmpty() ? command : command + " " + argument();
    }
}
