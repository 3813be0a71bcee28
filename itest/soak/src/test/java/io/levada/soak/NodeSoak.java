/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.levada.itest.Jmx;
import io.levada.itest.NodeProcess;
import io.levada.itest.Transport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Memory, threads and descriptors stay as they are, however long the node is used. */
class NodeSoak {

    private static final Duration TIME = Duration.ofMinutes(Integer.getInteger("levada.soak.minutes"));
    private static final Duration SAMPLED = Duration.ofSeconds(10);
    private static final Path REPORT = Path.of("target", "soak", "report.txt").toAbsolutePath();

    /** The whole heap is touched at the start, so that what the process takes on top of it is seen. */
    private static final int HEAP = 256;

    private static final int READERS = 8;

    @Test
    void itStaysAsItWasWhileEverythingComesAndGoes() throws Exception {
        var node = NodeProcess.run(Path.of("target", "soak", "node").toAbsolutePath())
                .option("-Xms" + HEAP + "m")
                .option("-Xmx" + HEAP + "m")
                .option("-XX:+AlwaysPreTouch")
                .option("-Dlevada.leaks=all")
                .option("-Dfelix.fileinstall.poll=200");
        try (node) {
            var plugin = new Plugin(node);
            node.start();
            var samples = new Samples(REPORT, HEAP * 1024 * 1024 / 1e6);
            var faults = use(node, plugin, samples);
            node.terminate();
            assertFalse(node.log().contains("LEAK"), node.log());
            assertEquals(List.of(), samples.risen());
            assertEquals(List.of(), faults);
        }
    }

    private static List<String> use(NodeProcess node, Plugin plugin, Samples samples) throws Exception {
        var pipelines = new Pipelines(node);
        pipelines.deploy();
        var chores = new Chores();
        var visitors = new Visitors(node, chores);
        long end = System.nanoTime() + TIME.toNanos();
        try (chores;
                var jmx = Jmx.of(node.pid())) {
            for (int i = 0; i < READERS; i++) {
                var transport = i % 2 == 0 ? Transport.UDP : Transport.TCP;
                chores.add("readers over " + transport, Duration.ofSeconds(5), () -> visitors.reader(transport));
            }
            chores.add("players over TCP", Duration.ofSeconds(20), () -> visitors.player(Transport.TCP));
            chores.add("players over UDP", Duration.ofSeconds(20), () -> visitors.player(Transport.UDP));
            chores.add("strangers", Duration.ofSeconds(10), visitors::stranger);
            chores.add("publishers over TCP", Duration.ofSeconds(10), () -> visitors.publisher(Transport.TCP));
            chores.add("changes of a pipeline", Duration.ofSeconds(20), pipelines::change);
            chores.add("guest pipelines", Duration.ofSeconds(20), pipelines::guest);
            chores.add("plugin swaps", Duration.ofSeconds(40), plugin::swap);
            while (System.nanoTime() < end) {
                chores.pause(SAMPLED);
                samples.take(node.pid(), jmx);
            }
        }
        chores.rounds().forEach((chore, rounds) -> samples.tell(chore + ": " + rounds));
        samples.tell("packets that UDP readers missed: " + visitors.lost());
        chores.faults().forEach(samples::tell);
        return chores.faults();
    }
}
