/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.soak;

import io.levada.itest.Figures;
import io.levada.itest.Jmx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What the process held at times, as a table, and whether the second half of it is flat. */
final class Samples {

    /**
     * What it held.
     *
     * @param minute since the start
     * @param rss resident megabytes
     * @param beyondHeap resident megabytes beside the heap, which is all resident from the start
     * @param direct megabytes of direct buffers
     * @param classes that are loaded
     */
    record Sample(double minute, double rss, double beyondHeap, double direct, int classes, int threads, int files) {

        @Override
        public String toString() {
            return "%8.1f %8.1f %11.1f %9.1f %8d %8d %6d"
                    .formatted(minute, rss, beyondHeap, direct, classes, threads, files);
        }
    }

    /** What may rise by how much from the middle to the end. */
    private record Rule(String name, ToDoubleFunction<Sample> figure, double mostRise) {}

    private static final String HEAD = "  minute  RSS/MB beyond heap direct/MB  classes  threads  files";
    private static final double MEGA = 1e6;

    private static final List<Rule> RULES = List.of(
            new Rule("RSS in MB", Sample::rss, 24),
            new Rule("direct buffers in MB", Sample::direct, 8),
            new Rule("classes", Sample::classes, 300),
            new Rule("threads", Sample::threads, 6),
            new Rule("files", Sample::files, 6));

    private final List<Sample> samples = new ArrayList<>();
    private final Path report;
    private final long start = System.nanoTime();
    private final double heap;

    /** @param heapMegabytes that the process has touched at its start */
    Samples(Path report, double heapMegabytes) {
        this.report = report;
        this.heap = heapMegabytes;
        System.out.println(HEAD);
        write(HEAD + "\n", false);
    }

    /** Takes one, of what is held when garbage is gone. */
    void take(long pid, Jmx jmx) {
        jmx.tidy();
        var figures = Figures.of(pid);
        var sample = new Sample(
                (System.nanoTime() - start) / 60e9,
                figures.rss() / MEGA,
                figures.rss() / MEGA - heap,
                jmx.directMemory() / MEGA,
                jmx.loadedClasses(),
                figures.threads(),
                figures.files());
        samples.add(sample);
        System.out.println(sample);
        write(sample + "\n", true);
    }

    /** How much each figure rises over the second half, and what rises too much. */
    List<String> risen() {
        var half = samples.subList(samples.size() / 2, samples.size());
        var risen = new ArrayList<String>();
        for (var rule : RULES) {
            double rise = rise(half, rule.figure());
            var text = String.format(
                    Locale.ROOT,
                    "%s: %+.1f over the second half, %.1f at its median, at most %+.0f",
                    rule.name(),
                    rise,
                    median(half, rule.figure()),
                    rule.mostRise());
            tell(text);
            if (rise > rule.mostRise()) {
                risen.add(text);
            }
        }
        return risen;
    }

    /** By the line of least squares. */
    private static double rise(List<Sample> half, ToDoubleFunction<Sample> figure) {
        double middle = half.stream().mapToDouble(Sample::minute).average().orElseThrow();
        double mean = half.stream().mapToDouble(figure).average().orElseThrow();
        double products = 0;
        double squares = 0;
        for (var sample : half) {
            products += (sample.minute() - middle) * (figure.applyAsDouble(sample) - mean);
            squares += (sample.minute() - middle) * (sample.minute() - middle);
        }
        double minutes = half.get(half.size() - 1).minute() - half.get(0).minute();
        return squares == 0 ? 0 : products / squares * minutes;
    }

    private static double median(List<Sample> half, ToDoubleFunction<Sample> figure) {
        return half.stream()
                .mapToDouble(figure)
                .sorted()
                .skip(half.size() / 2)
                .findFirst()
                .orElseThrow();
    }

    /** A line for the report and the screen. */
    void tell(String line) {
        System.out.println(line);
        write(line + "\n", true);
    }

    private void write(String text, boolean append) {
        try {
            Files.createDirectories(report.getParent());
            var before = append ? Files.readString(report) : "";
            Files.writeString(report, before + text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
