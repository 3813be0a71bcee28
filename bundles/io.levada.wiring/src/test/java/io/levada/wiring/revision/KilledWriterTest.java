/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.revision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that write revisions are killed: what was written stays, and nothing else is there. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KilledWriterTest {

    private static final int KILLS = 10;

    /** Adds revisions until it is killed, and says the number of each that is kept. */
    public static final class Writer {

        private Writer() {}

        public static void main(String[] arguments) {
            var store = new RevisionStore(Path.of(arguments[0]));
            int number = store.newest("lobby").map(KeptRevision::number).orElse(0);
            while (true) {
                number++;
                store.add("lobby", "a writer", keys(number)).orElseThrow();
                System.out.println(number);
            }
        }
    }

    /** Longer than a block of a disk, so that it could be torn. */
    private static Map<String, String> keys(int number) {
        return Map.of("cam.type", "source.media", "cam.number", Integer.toString(number), "cam.note", "x".repeat(9000));
    }

    @TempDir
    Path data;

    @Test
    void whatWasKeptSurvivesAKillAtAnyMoment() throws Exception {
        long seed = Long.getLong("levada.seed", System.nanoTime());
        System.out.println("-Dlevada.seed=" + seed);
        var random = new Random(seed);
        int newest = 0;
        for (int i = 0; i < KILLS; i++) {
            int said = killedAfter(newest + 1 + random.nextInt(30), random.nextInt(2_000_000));
            var store = new RevisionStore(data.resolve("revisions"));
            newest = store.newest("lobby").orElseThrow().number();
            assertTrue(newest == said || newest == said + 1, newest + " is kept, " + said + " was said");
            var kept = store.list("lobby");
            assertEquals(
                    IntStream.rangeClosed(kept.get(0).number(), newest).boxed().toList(),
                    kept.stream().map(KeptRevision::number).toList());
            assertTrue(kept.size() == Math.min(20, newest) || kept.size() == 21, kept.size() + " of " + newest);
            kept.forEach(revision -> assertEquals(keys(revision.number()), revision.raw()));
        }
    }

    /** The last number that the writer said. */
    private int killedAfter(int atLeast, int nanos) throws IOException, InterruptedException {
        var said = Files.writeString(data.resolve("said"), "");
        var writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Writer.class.getName(),
                        data.resolve("revisions").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(said.toFile())
                .start();
        try {
            while (lastOf(said) < atLeast && writer.isAlive()) {
                writer.waitFor(1, TimeUnit.MILLISECONDS);
            }
            for (long end = System.nanoTime() + nanos; System.nanoTime() < end; ) {
                Thread.onSpinWait();
            }
        } finally {
            writer.destroyForcibly().waitFor();
        }
        return lastOf(said);
    }

    /** A line that the kill cut off says nothing. */
    private static int lastOf(Path said) throws IOException {
        var text = Files.readString(said);
        return text.substring(0, Math.max(0, text.lastIndexOf('\n')))
                .lines()
                .mapToInt(Integer::parseInt)
                .max()
                .orElse(0);
    }
}
