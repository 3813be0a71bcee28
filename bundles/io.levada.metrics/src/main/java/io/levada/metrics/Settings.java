/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.metrics;

import io.levada.api.stage.NearMiss;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What is configured.
 *
 * @param readers how many readers have figures of their own
 */
record Settings(Read read, int readers) {

    /** Who may read. */
    enum Read {
        AUTO,
        USERS,
        ANYONE
    }

    static final Settings DEFAULT = new Settings(Read.AUTO, 100);

    private static final int MOST_READERS = 10_000;
    private static final List<String> KEYS = List.of("read", "readers");
    private static final Pattern NOT_OURS =
            Pattern.compile("(service|component|felix|osgi|jakarta)\\..*|\\..*|objectClass");

    /** @throws IllegalArgumentException saying what is wrong, and the remedy */
    static Settings of(Map<String, ?> properties) {
        for (var key : properties.keySet()) {
            if (!KEYS.contains(key) && !NOT_OURS.matcher(key).matches()) {
                throw new IllegalArgumentException(
                        key + " is not known" + NearMiss.hint(key, KEYS) + "; the keys are " + String.join(", ", KEYS));
            }
        }
        return new Settings(
                read(text(properties, "read", "auto")),
                readers(text(properties, "readers", Integer.toString(DEFAULT.readers()))));
    }

    private static String text(Map<String, ?> properties, String key, String otherwise) {
        var value = properties.get(key);
        return value == null ? otherwise : value.toString().strip();
    }

    private static Read read(String text) {
        return switch (text) {
            case "auto" -> Read.AUTO;
            case "users" -> Read.USERS;
            case "anyone" -> Read.ANYONE;
            default -> throw new IllegalArgumentException(
                    "read = " + text + " is none of auto, users, anyone; set it to one of them");
        };
    }

    private static int readers(String text) {
        try {
            int number = Integer.parseInt(text);
            if (number >= 0 && number <= MOST_READERS) {
                return number;
            }
        } catch (NumberFormatException e) {
            // the message below says it
        }
        throw new IllegalArgumentException("readers = " + text + " is not a number from 0 to " + MOST_READERS
                + "; set it to how many readers shall have figures of their own");
    }
}
