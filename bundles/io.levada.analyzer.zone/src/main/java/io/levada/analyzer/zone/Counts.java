/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.zone;

import java.util.List;
import java.util.Map;

/**
 * How often something happened, in all and by label, under names such as {@code yard.entered} and {@code gate.in.car}. They
 * are kept in the stage's tallies, where they outlive the instance. Written on the stage's thread, read from any.
 */
final class Counts {

    /** Labels counted apart for each happening; those of a detector gone wild are counted in all only. */
    private static final int MOST = 2000;

    private final Map<String, Long> tallies;

    Counts(Map<String, Long> tallies) {
        this.tallies = tallies;
    }

    void add(String happening, String label) {
        tallies.merge(happening, 1L, Long::sum);
        var ofLabel = happening + "." + label;
        if (tallies.size() < MOST || tallies.containsKey(ofLabel)) {
            tallies.merge(ofLabel, 1L, Long::sum);
        }
    }

    long of(String happening) {
        return tallies.getOrDefault(happening, 0L);
    }

    /** How often it happened with each label, in alphabetical order. */
    List<Map.Entry<String, Long>> byLabel(String happening) {
        return tallies.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(happening + "."))
                .sorted(Map.Entry.comparingByKey())
                .toList();
    }

    void put(String happening, long count) {
        tallies.put(happening, count);
    }

    /** It has never happened. */
    void reset(String happening) {
        tallies.keySet().removeIf(key -> key.equals(happening) || key.startsWith(happening + "."));
    }
}
