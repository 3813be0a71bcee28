/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.definition;

import io.levada.api.pipeline.Problem;
import io.levada.api.pipeline.State;
import io.levada.api.stage.NearMiss;
import java.util.Collection;

/** A problem as the wiring finds it. */
public record Finding(String key, String message, State state) implements Problem {

    public static Finding invalid(String key, String message) {
        return new Finding(key, message, State.INVALID);
    }

    /**
     * Says that a word is none of those that are valid, which one may be meant, and what there is.
     *
     * @param problem such as {@code unknown parameter}
     * @param has such as {@code analyzer.motion has: threshold, zones}
     */
    public static Finding unknown(String key, String problem, String word, Collection<String> valid, String has) {
        var hint = NearMiss.hint(word, valid);
        return invalid(key, problem + (hint.isEmpty() ? "; " : hint + " ") + has);
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
