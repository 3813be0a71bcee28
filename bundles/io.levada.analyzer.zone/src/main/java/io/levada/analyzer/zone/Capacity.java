/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.zone;

import io.levada.api.stage.StageException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** How many may be in a zone, or behind a line: {@code yard: 5; gate: 120}. */
final class Capacity {

    private static final Pattern PART = Pattern.compile("([a-z][a-z0-9-]*)\\s*:\\s*([1-9][0-9]{0,8})");

    private Capacity() {}

    /** @throws StageException naming what can't be read, or is of no zone or line */
    static Map<String, Long> parse(String text, Shapes.Drawn drawn) throws StageException {
        var names = drawn.names();
        var limits = new LinkedHashMap<String, Long>();
        for (var part : text.split(";")) {
            if (part.isBlank()) {
                continue;
            }
            var found = PART.matcher(part.strip());
            if (!found.matches()) {
                throw wrong("'" + part.strip() + "' is no capacity");
            }
            if (!names.contains(found.group(1))) {
                throw wrong("there is no zone or line " + found.group(1) + ", there are " + String.join(", ", names));
            }
            if (limits.put(found.group(1), Long.parseLong(found.group(2))) != null) {
                throw wrong("the capacity of " + found.group(1) + " is given twice");
            }
        }
        return limits;
    }

    private static StageException wrong(String what) {
        return StageException.invalid(what)
                .parameter("capacity")
                .remedy("write NAME: NUMBER, such as yard: 5; more after a semicolon");
    }
}
