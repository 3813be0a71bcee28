/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Names of classes. */
final class Names {

    /** One entry of what Ultralytics writes: {@code {0: 'person', 1: "driver's cab"}}. */
    private static final Pattern ENTRY =
            Pattern.compile("(\\d+)\\s*:\\s*(?:'((?:[^'\\\\]|\\\\.)*)'|\"((?:[^\"\\\\]|\\\\.)*)\")");

    private static final int MOST = 100_000;

    private Names() {}

    /** From a model's metadata; empty when it has none that can be read. */
    static List<String> ofMetadata(String text) {
        var names = new ArrayList<String>();
        var entry = ENTRY.matcher(text);
        while (entry.find()) {
            int index = entry.group(1).length() < 7 ? Integer.parseInt(entry.group(1)) : MOST;
            if (index >= MOST) {
                return List.of();
            }
            while (names.size() <= index) {
                names.add("class " + names.size());
            }
            var name = entry.group(2) == null ? entry.group(3) : entry.group(2);
            names.set(index, name.replaceAll("\\\\(.)", "$1"));
        }
        return names;
    }

    /** From a parameter: separated by commas. */
    static List<String> ofText(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("\\s*,\\s*"));
    }

    static String of(List<String> names, int index) {
        return index >= 0 && index < names.size() ? names.get(index) : "class " + index;
    }
}
