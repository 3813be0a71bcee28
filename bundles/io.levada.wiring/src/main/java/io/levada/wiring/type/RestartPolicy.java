/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.type;

import java.util.regex.Pattern;

/**
 * What is done about a stage that fails again and again: {@code always}, {@code never} or a number of attempts, the latter two
 * with {@code , then stop} where the whole pipeline is to stop instead of going on without the stage.
 *
 * @param attempts most attempts in a row to restart it
 * @param thenStop whether the pipeline stops when it is given up
 */
public record RestartPolicy(int attempts, boolean thenStop) {

    private static final Pattern FORM = Pattern.compile("(always|never|[0-9]{1,6})(\\s*,\\s*then\\s+stop)?");

    /** @throws IllegalArgumentException saying what it can be */
    public static RestartPolicy parse(String text) {
        var matcher = FORM.matcher(text);
        if (!matcher.matches() || text.startsWith("always") && matcher.group(2) != null) {
            throw new IllegalArgumentException(
                    "'" + text
                            + "' is neither always, never nor a number of attempts, such as 5 or, to stop the pipeline, 5, then stop");
        }
        int attempts =
                switch (matcher.group(1)) {
                    case "always" -> Integer.MAX_VALUE;
                    case "never" -> 0;
                    default -> Integer.parseInt(matcher.group(1));
                };
        return new RestartPolicy(attempts, matcher.group(2) != null);
    }
}
