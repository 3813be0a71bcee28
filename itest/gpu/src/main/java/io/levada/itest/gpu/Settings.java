/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import io.levada.itest.gpu.node.Fault;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What {@code run} is told beside its arguments; all of it throws {@link IllegalArgumentException} for what makes no sense. */
public final class Settings {

    private static final int CLIP = 300;

    private Settings() {}

    /** Looks at all of them, so that a slip shows at once. */
    static void check() {
        frames();
        changes();
        faults();
    }

    /** Of each stream in benchmarks. */
    static int frames() {
        return number("frames", 3000, CLIP);
    }

    /** How often stages are made and closed, and pipelines changed. */
    public static int changes() {
        return number("changes", 500, 10);
    }

    public static Set<Fault> faults() {
        return chosen(
                Fault.class,
                "fault",
                Stream.of(System.getProperty("faults", "").strip().split("\\s+"))
                        .filter(name -> !name.isEmpty())
                        .toList());
    }

    private static int number(String name, int unsaid, int multiple) {
        var text = System.getProperty(name, "").strip();
        int number = text.isEmpty() ? unsaid : text.matches("\\d{1,7}") ? Integer.parseInt(text) : 0;
        if (number == 0 || number % multiple != 0) {
            throw new IllegalArgumentException("%s = \"%s\" is no multiple of %d".formatted(name, text, multiple));
        }
        return number;
    }

    /** Those of an enum that are named; all without any. */
    static <E extends Enum<E>> Set<E> chosen(Class<E> type, String kind, List<String> names) {
        var all = EnumSet.allOf(type);
        var chosen = EnumSet.noneOf(type);
        for (var name : names) {
            chosen.add(all.stream()
                    .filter(one -> one.toString().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "there is no %s \"%s\"; there are %s".formatted(kind, name, all))));
        }
        return names.isEmpty() ? all : chosen;
    }
}
