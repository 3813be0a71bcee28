/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.stage.StageException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Names of classes. */
final class Names {

    /** One entry of what Ultralytics writes: {@code {0: 'person', 1: "driver's cab"}}. */
    private static final Pattern ENTRY =
            Pattern.compile("(\\d+)\\s*:\\s*(?:'((?:[^'\\\\]|\\\\.)*)'|\"((?:[^\"\\\\]|\\\\.)*)\")");

    private static final int MOST = 100_000;

    /** In a message. */
    private static final int MOST_SHOWN = 100;

    /** How those are called that have no name. */
    private static final Pattern NUMBERED = Pattern.compile("class \\d+");

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

    /**
     * Those that count: the user's, or those in the model.
     *
     * @throws StageException when the user's are not as many, or one is asked for that there is not
     */
    static List<String> of(ModelSpec spec, Settings settings) throws StageException {
        var own = spec.names();
        var names = settings.names().isEmpty() ? own : settings.names();
        if (!own.isEmpty() && names.size() != own.size()) {
            throw StageException.invalid("there are " + names.size() + " names, and the model has " + own.size()
                            + " classes: " + shown(own))
                    .parameter("names")
                    .remedy("name all of them, in this order, or leave out names");
        }
        for (var wanted : settings.classes()) {
            if (!names.isEmpty()
                    && !names.contains(wanted)
                    && !NUMBERED.matcher(wanted).matches()) {
                throw StageException.invalid("the model has no class " + wanted + "; it has " + shown(names))
                        .parameter("classes")
                        .remedy("write some of these, separated by commas, or leave out classes for all");
            }
        }
        return names;
    }

    private static String shown(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(names.size(), MOST_SHOWN)))
                + (names.size() > MOST_SHOWN ? " and " + (names.size() - MOST_SHOWN) + " more" : "");
    }

    static String of(List<String> names, int index) {
        return index >= 0 && index < names.size() ? names.get(index) : "class " + index;
    }
}
