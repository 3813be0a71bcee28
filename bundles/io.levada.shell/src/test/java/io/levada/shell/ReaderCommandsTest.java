/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.server.EndedReader;
import io.levada.api.server.ReaderState;
import io.levada.api.server.ReaderStatus;
import io.levada.api.server.Readers;
import io.levada.api.server.Reception;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReaderCommandsTest {

    private record Viewer(
            String id, String path, String user, ReaderState state, long dropped, Optional<Reception> reception)
            implements ReaderStatus {

        @Override
        public String protocol() {
            return "rtsp";
        }

        @Override
        public String transport() {
            return "tcp";
        }

        @Override
        public String pipeline() {
            return "lobby";
        }

        @Override
        public String stage() {
            return "live";
        }

        @Override
        public String address() {
            return "10.0.0.7:4711";
        }

        @Override
        public Instant since() {
            return Instant.now().minusSeconds(100);
        }

        @Override
        public long packets() {
            return 1234;
        }

        @Override
        public long bytes() {
            return 1_234_567;
        }

        @Override
        public long skips() {
            return 3;
        }

        @Override
        public long queued() {
            return 2;
        }

        @Override
        public long queuedBytes() {
            return 999;
        }
    }

    private record Ended(ReaderStatus reader, Instant at, String reason) implements EndedReader {}

    private record Server(List<ReaderStatus> readers, List<EndedReader> ended) implements Readers {}

    private static final ReaderStatus ANNA = new Viewer(
            "rtsp-1",
            "/lobby",
            "anna",
            ReaderState.PLAYING,
            0,
            Optional.of(new Reception(7, 0.5, 12_000_000, 400_000)));
    private static final ReaderStatus OTHER =
            new Viewer("rtsp-2", "/gate", "", ReaderState.SKIPPING, 55, Optional.empty());
    private static final EndedReader SLOW =
            new Ended(OTHER, Instant.now().minusSeconds(30), "read too slowly for 10 s");

    private final ReaderCommands commands = new ReaderCommands(
            List.of(new Server(List.of(ANNA), List.of()), new Server(List.of(OTHER), List.of(SLOW))));

    @Test
    void readersOfAllServersAreShownWithTheirFigures() {
        assertEquals(
                """
                READER  PATH    FROM                VIA       STATE     SINCE    SENT  DROPPED  SKIPS  QUEUED
                rtsp-1  /lobby  anna 10.0.0.7:4711  rtsp tcp  PLAYING   1 min  1.2 MB        0      3   999 B
                rtsp-2  /gate   10.0.0.7:4711       rtsp tcp  SKIPPING  1 min  1.2 MB       55      3   999 B

                READER  PACKETS  LOST  JITTER  ROUND TRIP
                rtsp-1     1234     7   12 ms      400 us
                rtsp-2     1234     -       -           -
                """,
                commands.readers().substring(0, commands.readers().indexOf("\nended")));
    }

    @Test
    void whoWasEndedIsShownWithTheReason() {
        assertTrue(commands.readers().contains("ended by the server lately"));
        assertTrue(commands.readers().contains("read too slowly for 10 s"), commands.readers());
    }

    @Test
    void aPathChoosesWithOrWithoutItsSlash() {
        for (var path : List.of("/lobby", "lobby")) {
            var shown = commands.readers(path);
            assertTrue(shown.contains("rtsp-1"), shown);
            assertFalse(shown.contains("rtsp-2"), shown);
            assertFalse(shown.contains("ended"), shown);
        }
    }

    @Test
    void whereNobodyReadsItSaysSo() {
        assertEquals("nobody reads /yard", commands.readers("yard"));
        assertEquals("nobody reads", new ReaderCommands(List.of()).readers());
    }

    @Test
    void bytesHaveAUnitThatFits() {
        assertEquals("0 B", Units.bytes(0));
        assertEquals("999 B", Units.bytes(999));
        assertEquals("1.0 kB", Units.bytes(1000));
        assertEquals("2.5 GB", Units.bytes(2_500_000_000L));
        assertEquals("7.0 TB", Units.bytes(7_000_000_000_000L));
    }
}
