/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.stage;

/**
 * Something a stage can be told.
 *
 * @param name the first word of an order, {@code [a-z][a-z0-9-]*}
 * @param arguments what follows, as in {@code INPUT|off}; empty for nothing
 * @param description one line on what it does
 * @param lasting whether an instance that takes the place of another is told the same
 */
public record Command(String name, String arguments, String description, boolean lasting) {

    /** As a user would write it. */
    public String usage() {
        return arguments.isEmpty() ? name : name + " " + arguments;
    }
}
