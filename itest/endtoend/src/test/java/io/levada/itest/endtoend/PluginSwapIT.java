/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.levada.itest.Await;
import io.levada.itest.DemoPipeline;
import io.levada.itest.Jmx;
import io.levada.itest.NodeProcess;
import io.levada.itest.PluginBundle;
import io.levada.itest.Viewers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The analyzer's plugin is replaced again and again while people watch what it analyses. */
@Execution(ExecutionMode.SAME_THREAD) // each has the node for itself
class PluginSwapIT {

    private static final int SWAPS = Integer.getInteger("levada.swaps", 50);
    private static final int WARM_UP = 5;
    private static final int READERS = 20;
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String MOTION = "io.levada.analyzer.motion";

    /** One picture's time in the clip, and what may come on top of it when a plugin is replaced. */
    private static final double INTERVAL_MILLIS = 80;

    /**
     * 100 ms are promised, and seen on a machine that does nothing else: {@code -Dlevada.swap.millis=100}. The build allows for
     * what other work adds to a branch that decodes, draws and encodes, and does not to the untouched one.
     */
    private static final double MOST_MILLIS = Integer.getInteger("levada.swap.millis", 250);

    /** So long after a swap its traces are looked for. */
    private static final long SETTLED_NANOS = 500_000_000L;

    private static final long RSS_TOLERANCE = 1_000_000L * Integer.getInteger("levada.rss.tolerance", 32);

    private static final String PIPELINE = DemoPipeline.analysed("motion", 0.02)
            + "log.type = sink.events\nlog.from = motion\nlog.path = data/events.json\n";

    private Viewers raw;
    private Viewers drawn;
    private NodeProcess node;
    /** The plugin, and the same that calls what it finds by another word. */
    private PluginBundle motion;

    private PluginBundle moved;

    @BeforeEach
    void watch() throws IOException {
        node = NodeProcess.run(Nodes.home(PluginSwapIT.class))
                .option("-Dlevada.leaks=all")
                .option("-Dfelix.fileinstall.poll=50");
        takeOut(MOTION);
        motion = plugin("motion");
        moved = plugin("moved");
        drop(motion, "1.0.0");
        node.start();
        node.deploy("lobby", PIPELINE);
        node.awaitState("lobby", "RUNNING", SOON);
        raw = new Viewers(node, "/demo/raw", READERS);
        drawn = new Viewers(node, "/demo", READERS);
    }

    @AfterEach
    void leave() {
        raw.close();
        drawn.close();
        node.terminate();
        assertFalse(node.log().contains("LEAK"), node.log());
    }

    @Test
    void viewersNoticeNothingOfAnUpdate() throws IOException {
        var swaps = new ArrayList<Swap>();
        try (var jmx = Jmx.of(node.pid())) {
            swaps(1, WARM_UP, swaps);
            jmx.tidy();
            int classes = jmx.loadedClasses();
            long rss = node.figures().rss();
            swaps(WARM_UP, SWAPS + 1, swaps);
            Await.value(
                    "classes of old versions are unloaded", SOON, () -> tidyClasses(jmx), now -> now <= classes + 50);
            Await.value("memory is as before", SOON, () -> tidyRss(jmx), now -> now <= rss + RSS_TOLERANCE);
            System.out.printf(
                    "Classes %d -> %d, RSS %d -> %d MB%n",
                    classes,
                    jmx.loadedClasses(),
                    rss / 1_000_000,
                    node.figures().rss() / 1_000_000);
        }
        var pauses = new ArrayList<Double>();
        var gaps = new ArrayList<Double>();
        for (var swap : swaps) {
            // what other work on the machine takes, the untouched stream is short of as well
            double expected = Math.max(INTERVAL_MILLIS, percentile(100, swap.pauses(raw)));
            var seen = swap.pauses(drawn);
            pauses.addAll(seen);
            seen.forEach(pause -> gaps.add(Math.max(0, pause - expected)));
        }
        System.out.printf(
                "%d swaps, %d viewers: longest pause between two pictures p50 %.0f ms, p99 %.0f ms, most %.0f ms;"
                        + " p99 %.0f ms longer than on the untouched stream at that moment%n",
                swaps.size(),
                READERS,
                percentile(50, pauses),
                percentile(99, pauses),
                percentile(100, pauses),
                percentile(99, gaps));
        assertEquals(List.of(), raw.faults());
        assertEquals(List.of(), drawn.faults());
        for (var reader : drawn.readers()) {
            assertEquals(List.of(), RtpGaps.in(reader.timestamps("video")));
        }
        assertTrue(percentile(99, gaps) < MOST_MILLIS, "a swap adds " + percentile(99, gaps) + " ms");
    }

    @Test
    void aVersionThatDoesNotStartLeavesTheOneBefore() throws IOException {
        long before = analysed();
        plugin("motion")
                .header("Bundle-Version", "2.0.0")
                .header("Import-Package", "io.levada.none;version=\"[7,8)\",*")
                .drop(plugin());
        Await.until("it is told", SOON, () -> node.log().contains(MOTION + " 1.0.0 stays"));
        assertTrue(node.log().contains("nothing provides the package io.levada.none from version 7"), node.log());
        Await.until("the one before goes on", SOON, () -> analysed() > before + 10);
        assertEquals("RUNNING", node.state("lobby"));
        assertEquals(List.of(), raw.faults());
        assertEquals(List.of(), drawn.faults());
    }

    @Test
    void aPluginThatIsRemovedTakesItsStageAlongAndComesBack() throws IOException {
        Files.delete(plugin());
        node.awaitState("lobby", "DEGRADED", SOON);
        drop(motion, "1.0.0");
        node.awaitState("lobby", "RUNNING", SOON);
        assertEquals(List.of(), raw.faults());
    }

    /** When it began and when its traces are over, {@link System#nanoTime}. */
    private record Swap(long begin, long end) {

        /** The longest pause that each viewer saw, in milliseconds. */
        List<Double> pauses(Viewers viewers) {
            return viewers.readers().stream()
                    .map(reader -> reader.longestPause(begin, end) / 1e6)
                    .toList();
        }
    }

    private static double percentile(int percent, List<Double> values) {
        var sorted = values.stream().sorted().toList();
        return sorted.get(Math.max(0, (int) Math.ceil(percent / 100.0 * sorted.size()) - 1));
    }

    private void swaps(int first, int last, List<Swap> swaps) throws IOException {
        for (int i = first; i < last; i++) {
            var version = "1.0." + i;
            boolean odd = i % 2 == 1;
            var written = (odd ? moved : motion)
                    .header("Bundle-Version", version)
                    .write(node.home().resolve("swap.tmp"));
            long begin = System.nanoTime();
            Files.move(written, plugin(), StandardCopyOption.ATOMIC_MOVE);
            Await.until("version " + version, SOON, () -> node.log()
                    .contains(MOTION + " " + version + " has taken the place"));
            swaps.add(new Swap(begin, System.nanoTime() + SETTLED_NANOS));
            long told = Files.size(events());
            Await.until("what it finds is called by its word", SOON, () -> toldSince(told)
                    .contains("\"label\":\"" + (odd ? "moved" : "motion") + "\""));
        }
        assertTrue(bundle().endsWith("1.0." + (last - 1)), bundle());
    }

    private Path events() {
        return node.data().resolve("events.json");
    }

    private String toldSince(long position) {
        try {
            return Files.readString(events()).substring((int) position); // it is ASCII
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int tidyClasses(Jmx jmx) {
        jmx.tidy();
        return jmx.loadedClasses();
    }

    private long tidyRss(Jmx jmx) {
        jmx.tidy();
        return node.figures().rss();
    }

    private long analysed() {
        return stage("motion").path("samplesIn").asLong();
    }

    private String bundle() {
        return stage("motion").path("bundle").asText();
    }

    private JsonNode stage(String name) {
        for (var stage : node.pipeline("lobby").path("stages")) {
            if (stage.path("name").asText().equals(name)) {
                return stage;
            }
        }
        throw new AssertionError("no stage " + name + " in " + node.pipeline("lobby"));
    }

    private Path plugin() {
        return node.home().resolve("plugins/motion.jar");
    }

    /** Takes a bundle out of those that the node has anyway. */
    private void takeOut(String symbolicName) throws IOException {
        try (var jars = Files.newDirectoryStream(node.home().resolve("bundles"), symbolicName + "-*.jar")) {
            Files.delete(jars.iterator().next());
        }
    }

    /** The plugin from its sources, with another word for what it finds. */
    private PluginBundle plugin(String word) {
        var sources = Path.of(System.getProperty("levada.sources"), "bundles", MOTION, "src/main/java");
        var work = Path.of("target", "swap-" + word).toAbsolutePath();
        return new PluginBundle(MOTION, "1.0.0", MOTION)
                .compiled(sources, text -> text.replace("MOTION = \"motion\"", "MOTION = \"" + word + "\""), work);
    }

    private void drop(PluginBundle plugin, String version) {
        plugin.header("Bundle-Version", version).drop(plugin());
    }
}
