/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.revision;

import io.levada.wiring.definition.LiteralPasswords;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What was added, taken away and changed between two definitions, as lines of text without secrets. */
final class Difference {

    private Difference() {}

    static List<String> between(Map<String, String> before, Map<String, String> after) {
        var keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        var lines = new ArrayList<String>();
        for (var key : keys) {
            if (!before.containsKey(key)) {
                lines.add("+ " + key + " = " + shown(key, after));
            } else if (!after.containsKey(key)) {
                lines.add("- " + key + " = " + shown(key, before));
            } else if (!before.get(key).equals(after.get(key))) {
                lines.add("~ " + key + ": " + shown(key, before) + " -> " + shown(key, after));
            }
        }
        return lines;
    }

    /** In one line, whatever the value. */
    private static String shown(String key, Map<String, String> keys) {
        return LiteralPasswords.masked(key, keys.get(key)).replaceAll("\\R", " ");
    }
}
