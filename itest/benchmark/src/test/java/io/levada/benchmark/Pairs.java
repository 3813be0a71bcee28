/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.benchmark;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * The same work done by the ffmpeg program and by the node, one right after the other, several times. The first of a pair
 * is now the one, now the other, so that neither always has the warmer machine; what counts is the median of the ratios,
 * which a disturbance of one pair does not touch.
 */
final class Pairs {

    private static final int NUMBER = Integer.getInteger("levada.benchmark.pairs");

    private final String name;
    private final Supplier<Duration> program;
    private final Supplier<Duration> node;

    /**
     * @param program does it once and tells the wall time
     * @param node likewise
     */
    Pairs(String name, Supplier<Duration> program, Supplier<Duration> node) {
        this.name = name;
        this.program = program;
        this.node = node;
    }

    /** Runs one pair to warm up and then those that count; fails when the median is above the limit. */
    void compare(double limit) {
        program.get();
        node.get();
        var ratios = new ArrayList<Double>();
        System.out.printf("%n%s%n  pair   ffmpeg      node     ratio%n", name);
        for (int i = 1; i <= NUMBER; i++) {
            boolean programFirst = i % 2 == 1;
            var early = (programFirst ? program : node).get();
            var late = (programFirst ? node : program).get();
            double ffmpeg = seconds(programFirst ? early : late);
            double levada = seconds(programFirst ? late : early);
            ratios.add(levada / ffmpeg);
            System.out.printf(Locale.ROOT, "  %4d %7.3f s %7.3f s   %.3f%n", i, ffmpeg, levada, levada / ffmpeg);
        }
        double median = median(ratios);
        System.out.printf(Locale.ROOT, "  median of the ratios %.3f, at most %.2f is wanted%n", median, limit);
        assertTrue(median <= limit, () -> name + ": the node takes " + median + " of the program's time");
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static double median(List<Double> values) {
        var sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
