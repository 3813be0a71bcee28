/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu.node;

import static io.levada.itest.gpu.node.NodeView.SOON;

import io.levada.itest.Await;
import io.levada.itest.Distribution;
import io.levada.itest.Jmx;
import io.levada.itest.NodeProcess;
import io.levada.itest.Scrape;
import io.levada.itest.gpu.Report;
import io.levada.itest.gpu.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Pipelines on the card are changed, and the bundles of their stages replaced, again and again while frames flow. */
final class Reconfigurations {

    private static final int CHANGES = Settings.changes();
    private static final int SWAPS = CHANGES / 10;
    private static final int ROUND = 100;
    /** Runs as fast as the card allows, and is not changed but by the swaps. */
    private static final String FAST = "fast";

    private static final Duration LATE = Duration.ofSeconds(90);
    private static final Pattern CHANGED = Pattern.compile("g\\d changed within (\\S+) ms by file");

    private final Report report;
    private final Stages stages;
    private final Variants variants;
    private final NodeProcess node;
    private final NodeView view;
    private final int pipelines;
    private final int[] variant;
    private int step;
    private int changes;
    private int swaps;

    Reconfigurations(Report report, Stages stages, boolean inference, Path home) {
        this.report = report;
        this.stages = stages;
        this.variants = new Variants(stages, inference);
        this.node = NodeView.process(home);
        this.view = new NodeView(node);
        this.pipelines = stages == Stages.GPU ? 6 : 2; // software is to leave something to the pipelines on the host
        this.variant = new int[pipelines];
    }

    String run() throws IOException {
        for (var bundle : stages.bundles()) {
            BundleCopy.drop(packed(bundle), "1.0.0", plugin(bundle));
            Files.delete(node.home().resolve("bundles").resolve(packed(bundle).getFileName()));
        }
        try (node) {
            node.start();
            var seen = underLoad();
            node.terminate();
            if (node.log().contains("LEAK")) {
                throw new AssertionError("something was not released");
            }
            return seen;
        } catch (AssertionError | RuntimeException e) {
            report.line("\n```\n" + tail(node.log()) + "\n```");
            throw e;
        }
    }

    private String underLoad() throws IOException {
        try (var host = new HostLoad(node);
                var jmx = Jmx.of(node.pid())) {
            for (int i = 0; i < pipelines; i++) {
                node.deploy(name(i), variants.text(0));
            }
            if (stages == Stages.GPU) {
                node.deploy(FAST, variants.text(0).replace("cam.loop = true", "cam.loop = true\ncam.pace = fast"));
            }
            awaitPlaying();
            changes(Variants.COUNT * pipelines);
            var before = atRest(jmx);
            report.line("  - baseline after " + changes + " changes and " + swaps + " swaps: " + before);
            changes = 0;
            swaps = 0;
            long started = System.nanoTime();
            while (changes < CHANGES) {
                changes(Math.min(ROUND, CHANGES - changes));
                var now = Await.value(
                        "as at the baseline, " + before,
                        LATE,
                        Duration.ofSeconds(1),
                        () -> Footprint.of(node, jmx),
                        seen -> seen.above(before).isEmpty());
                report.line("  - after " + changes + " changes and " + swaps + " swaps, "
                        + (System.nanoTime() - started) / 1_000_000_000 + " s: " + now);
            }
            return changes + " changes, " + swaps + " swaps; " + figures() + "; " + host.untouched();
        }
    }

    private static String tail(String log) {
        return log.substring(Math.max(0, log.length() - 6000));
    }

    private static String name(int pipeline) {
        return "g" + pipeline;
    }

    /** Ends with every pipeline as it was in the beginning, and pictures in all of them. */
    private void changes(int count) throws IOException {
        for (int end = changes + count; changes < end; step++) {
            boolean last = changes + pipelines >= end;
            long seen = changed().size();
            long expected = seen;
            for (int i = 0; i < pipelines; i++) {
                int next = last ? 0 : (7 * step + 3 * i) % Variants.COUNT;
                if (next != variant[i]) {
                    variant[i] = next;
                    node.deploy(name(i), variants.text(next));
                    expected++;
                }
            }
            long all = expected;
            Await.until(
                    all - seen + " changes in step " + step,
                    SOON,
                    () -> changed().size() >= all);
            changes += (int) (all - seen);
            while (swaps * CHANGES < changes * SWAPS) {
                swap();
            }
        }
        awaitPlaying();
    }

    private void awaitPlaying() {
        var all = IntStream.range(0, pipelines).mapToObj(Reconfigurations::name);
        view.awaitPlaying(Stream.concat(all, stages == Stages.GPU ? Stream.of(FAST) : Stream.of())
                .toArray(String[]::new));
    }

    /** How long the changes took so far, in milliseconds. */
    private List<Double> changed() {
        return CHANGED.matcher(node.log())
                .results()
                .map(match -> Double.parseDouble(match.group(1)))
                .toList();
    }

    private void swap() throws IOException {
        swaps++;
        var bundle = stages.bundles().get(swaps % stages.bundles().size());
        var version = "1." + step + "." + swaps;
        BundleCopy.drop(packed(bundle), version, plugin(bundle));
        Await.until(bundle + " " + version, SOON, () -> node.log()
                .contains(bundle + " " + version + " has taken the place"));
    }

    /** The first look costs more than those after it. */
    private Footprint atRest(Jmx jmx) {
        Footprint.of(node, jmx);
        return Footprint.of(node, jmx);
    }

    private String figures() {
        var sorted = new ArrayList<>(changed());
        sorted.sort(null);
        var metrics = Scrape.of(node);
        double fast = metrics.sum("levada_stage_output_samples_total", "pipeline", FAST, "stage", "decode");
        return "a change took %.0f ms (median), %.0f ms at most; %.0f pictures went through the fastest pipeline"
                .formatted(sorted.get(sorted.size() / 2), sorted.get(sorted.size() - 1), fast);
    }

    private Path plugin(String bundle) {
        return node.home().resolve("plugins").resolve(bundle + ".jar");
    }

    private static Path packed(String bundle) {
        return Distribution.packed().bundles().stream()
                .filter(jar -> jar.getFileName().toString().matches(Pattern.quote(bundle) + "-[0-9].*"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + bundle + " in the distribution"));
    }
}
