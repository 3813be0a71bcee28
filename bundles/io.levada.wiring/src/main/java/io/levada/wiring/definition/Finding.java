/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.definition;

import io.levada.api.pipeline.Problem;
import io.levada.api.pipeline.State;

/** A problem as the wiring finds it. */
public record Finding(String key, String message, State state) implements Problem {

    public static Finding invalid(String key, String message) {
        return new Finding(key, message, State.INVALID);
    }

    public static Finding waiting(String key, String message) {
        return new Finding(key, message, State.WAITING);
    }

    /** The key without the stage; empty when it names no parameter. */
    public String parameter() {
        return key.substring(key.indexOf('.') + 1);
    }

    @Override
    public String toString() {
        return key.isEmpty() ? message : key + "  " + message;
    }
}
