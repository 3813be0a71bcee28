/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.itest.Await;
import io.levada.itest.Console;
import io.levada.itest.NodeProcess;
import io.levada.itest.PipelineFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A node that is killed while it is configured comes up with the last definition that was written as a whole. */
class KilledNodeIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final long SEED = Long.getLong("levada.seed", System.nanoTime());
    private static final int LIVES = 20;
    private static final int WRITES = 100;

    /** Many, so that half a definition would be seen. */
    private static final int SINKS = 20;

    private final Random random = new Random(SEED);
    private NodeProcess node;
    private Console console;

    /** The last definition whose write was done, and the last whose write was begun. */
    private volatile int written;

    private volatile int begun;

    private volatile int writes;
    private volatile boolean killed;
    private int life;

    @Test
    void everyRestartComesUpWithTheLastCompleteDefinition() {
        System.out.println("levada.seed=" + SEED);
        node = NodeProcess.run(Nodes.home(KilledNodeIT.class));
        node.deploy("lobby", definition(0));
        node.start();
        console = Console.of(node);
        try {
            for (life = 1; life <= LIVES || writes < WRITES; life++) {
                killed = false;
                var writer = CompletableFuture.runAsync(this::write);
                LockSupport.parkNanos((long) ((0.3 + random.nextDouble() * 3) * 1e9));
                killed = true;
                node.kill();
                writer.handle((done, failed) -> done).join();
                node.start();
                int least = written;
                int runs = Await.value(
                        "life " + life + " runs " + least + " to " + begun + " of seed " + SEED,
                        SOON,
                        this::running,
                        number -> number >= least && number <= begun);
                assertEquals(keys(definition(runs)), keys(read()), "the file, in life " + life + " of seed " + SEED);
                written = runs;
                begun = runs;
            }
        } finally {
            node.close();
        }
        System.out.println(life - 1 + " kills, " + writes + " definitions");
    }

    /** One after the other until the node is gone, by replacing the file or on the console's page. */
    private void write() {
        while (!killed) {
            int number = written + 1;
            begun = number;
            writes++;
            if (random.nextBoolean()) {
                new PipelineFile("lobby", definition(number)).drop(node.etc());
            } else {
                var answer = console.post(
                        "configMgr/io.levada.pipeline~lobby",
                        Map.of(
                                "apply", "true",
                                "factoryPid", "io.levada.pipeline",
                                "propertylist", "definition",
                                "definition", definition(number)));
                assertEquals(302, answer.status(), answer.body());
            }
            written = number;
            LockSupport.parkNanos((long) (random.nextDouble() * 0.03e9));
        }
    }

    private static String definition(int number) {
        return "cam.type = source.test\ncam.rate = 5\n"
                + IntStream.range(0, SINKS)
                        .mapToObj(sink ->
                                "s%d-%d.type = sink.null\ns%d-%d.from = cam\n".formatted(sink, number, sink, number))
                        .collect(Collectors.joining());
    }

    /** The number of the definition that runs; -1 when it is none as a whole. */
    private int running() {
        var stages = stages();
        var numbers = stages.stream()
                .filter(stage -> stage.startsWith("s"))
                .map(stage -> stage.substring(stage.indexOf('-') + 1))
                .collect(Collectors.toSet());
        return numbers.size() == 1 && stages.size() == SINKS + 1
                ? Integer.parseInt(numbers.iterator().next())
                : -1;
    }

    private Set<String> stages() {
        var names = new TreeSet<String>();
        node.pipeline("lobby")
                .path("stages")
                .forEach(stage -> names.add(stage.path("name").asText()));
        return names;
    }

    private static Map<String, String> keys(String text) {
        return new PipelineFile("lobby", text).keys();
    }

    private String read() {
        try {
            return Files.readString(node.etc().resolve("io.levada.pipeline-lobby.cfg"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aBadFileAtTheStartRunsTheLastGoodRevisionAndSaysSo() {
        var home = Nodes.home(KilledNodeIT.class).resolveSibling("BadFileAtStart");
        try (var node = NodeProcess.run(home)) {
            this.node = node;
            node.deploy("lobby", definition(1));
            node.start();
            var revision = node.data().resolve("revisions/lobby/000001.properties");
            Await.until("it is kept", SOON, () -> Files.exists(revision));
            node.kill();
            node.deploy("lobby", definition(2).replace("cam.rate", "cam.rat"));
            node.launch();
            node.awaitState("lobby", "INVALID", SOON);
            Await.value("the last good one runs", SOON, this::running, Integer.valueOf(1)::equals);
            var problems = node.pipeline("lobby").path("problems").toString();
            assertTrue(problems.contains("cam.rat"), problems);
            assertTrue(problems.contains("runs instead"), problems);
            assertTrue(node.log().contains("revision 1 of"), node.log());
            node.deploy("lobby", definition(3));
            node.awaitState("lobby", "RUNNING", SOON);
            assertEquals(3, running());
        }
    }
}
