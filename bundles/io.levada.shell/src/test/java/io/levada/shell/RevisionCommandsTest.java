/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.pipeline.Revision;
import io.levada.api.pipeline.Revisions;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RevisionCommandsTest {

    private static final Instant TIME = Instant.parse("2026-03-01T10:00:00Z");

    private static final List<Revision> LOBBY = List.of(
            new Kept(
                    7,
                    TIME,
                    "file io.levada.pipeline-lobby.cfg",
                    Map.of(),
                    List.of("+ a.b = 1", "+ a.c = 2", "~ a.d: 1 -> 2", "- a.e = 3")),
            new Kept(8, TIME.plusSeconds(90), "rollback to 6", Map.of(), List.of("~ motion.threshold: 0.02 -> 0.05")),
            new Kept(
                    9,
                    TIME.plusSeconds(100),
                    "console or API",
                    Map.of(),
                    List.of(
                            "- cam.url = rtsp://10.0.0.7:554/a/long/path/to/a/stream?with=parameters&and=more&of=them",
                            "+ a.b = 2")));

    private final List<String> rolledBack = new ArrayList<>();
    private final RevisionCommands commands = new RevisionCommands(new Node(rolledBack));

    private record Kept(int number, Instant time, String origin, Map<String, String> keys, List<String> changes)
            implements Revision {}

    /** A node with one pipeline. */
    private record Node(List<String> rolledBack) implements Revisions {

        @Override
        public List<Revision> list(String pipeline) {
            return pipeline.equals("lobby") ? LOBBY : List.of();
        }

        @Override
        public Optional<Revision> revision(String pipeline, int number) {
            return list(pipeline).stream()
                    .filter(revision -> revision.number() == number)
                    .findFirst();
        }

        private void known(String pipeline, int number) {
            revision(pipeline, number).orElseThrow(() -> new NoSuchElementException("no revision " + number));
        }

        @Override
        public List<String> diff(String pipeline, int from, int to) {
            known(pipeline, from);
            known(pipeline, to);
            return from == to ? List.of() : List.of("~ from: " + from + " -> " + to);
        }

        @Override
        public void rollback(String pipeline, int number) throws IOException {
            known(pipeline, number);
            if (number == 8) {
                throw new IOException("No space left on device");
            }
            rolledBack.add(pipeline + " " + number);
        }

        @Override
        public String export(String pipeline, int number) {
            known(pipeline, number);
            return "# revision " + number + "\n";
        }
    }

    private static String failure(Runnable command) {
        return assertThrows(CommandFailed.class, command::run).getMessage();
    }

    @Test
    void theListShowsFewChangesAndCountsMany() {
        assertEquals(
                """
                NUMBER  TIME                 ORIGIN                             CHANGES
                     7  2026-03-01 10:00:00  file io.levada.pipeline-lobby.cfg  2 added, 1 changed, 1 removed
                     8  2026-03-01 10:01:30  rollback to 6                      ~ motion.threshold: 0.02 -> 0.05
                     9  2026-03-01 10:01:40  console or API                     - cam.url =
                                                                                rtsp://10.0.0.7:554/a/long/path/to/a/stream?with=parameters&and=more&of=them
                                                                                + a.b = 2
                """,
                RevisionText.of(LOBBY, ZoneOffset.UTC));
    }

    @Test
    void aDifferenceIsOfTheNewestOfOneToTheNewestOrOfTwo() {
        assertTrue(commands.diff("lobby").startsWith("- cam.url = "));
        assertEquals("~ from: 7 -> 9", commands.diff("lobby", 7));
        assertEquals("~ from: 8 -> 7", commands.diff("lobby", 8, 7));
        assertEquals("no difference", commands.diff("lobby", 8, 8));
    }

    @Test
    void anExportIsOfTheNewestOrOfAnother() {
        assertEquals("# revision 9", commands.export("lobby"));
        assertEquals("# revision 7", commands.export("lobby", 7));
    }

    @Test
    void aRollbackIsDoneAndSaysWhereToLook() {
        assertTrue(commands.rollback("lobby", 7).contains("revision 7"));
        assertEquals(List.of("lobby 7"), rolledBack);
        assertEquals(
                "the configuration of lobby can't be stored: No space left on device",
                failure(() -> commands.rollback("lobby", 8)));
    }

    @Test
    void whatIsNotKeptFailsTheCommand() {
        assertTrue(failure(() -> commands.revisions("loby")).contains("no revision of a pipeline loby is kept"));
        assertTrue(failure(() -> commands.rollback("loby", 7)).contains("no revision of a pipeline loby is kept"));
        for (Runnable command : List.<Runnable>of(
                () -> commands.diff("lobby", 1),
                () -> commands.rollback("lobby", 1),
                () -> commands.export("lobby", 1))) {
            assertEquals("no revision 1", failure(command));
        }
        assertEquals(List.of(), rolledBack);
    }

    @Test
    void withoutTheWiringEveryCommandSaysSo() {
        assertTrue(failure(() -> new RevisionCommands().revisions("lobby")).contains("io.levada.wiring does not run"));
    }
}
