/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.revision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RevisionStoreTest {

    @TempDir
    Path data;

    private RevisionStore store;

    @BeforeEach
    void open() {
        store = new RevisionStore(data.resolve("revisions"));
    }

    private static Map<String, String> bitrate(int megabits) {
        return Map.of("encode.type", "encoder", "encode.bitrate", megabits + " Mbit/s");
    }

    private KeptRevision add(int megabits) {
        return store.add("lobby", "file lobby.cfg", bitrate(megabits)).orElseThrow();
    }

    private List<Integer> numbers() {
        return store.list("lobby").stream().map(KeptRevision::number).toList();
    }

    private Path file(int number) {
        return data.resolve("revisions").resolve("lobby").resolve("%06d.properties".formatted(number));
    }

    @Test
    void aRevisionIsReadAsItWasWritten() {
        var keys = Map.of(
                "cam.url", "rtsp://$[secret:user]@[::1]/Zürich = 中?a=\\b",
                "text.label", " two\nlines\t",
                "raw.type", "",
                "look.ffmpeg.x:y", "#1 !");
        var written = store.add("lobby", "rollback to 3", keys).orElseThrow();
        var read = new RevisionStore(data.resolve("revisions")).newest("lobby").orElseThrow();
        assertEquals(written, read);
        assertEquals(keys, read.raw());
        assertEquals(1, read.number());
        assertEquals("rollback to 3", read.origin());
    }

    @Test
    void equalContentMakesNoRevision() {
        add(1);
        assertEquals(Optional.empty(), store.add("lobby", "console", bitrate(1)));
        add(2);
        add(1);
        assertEquals(List.of(1, 2, 3), numbers());
    }

    @Test
    void eachSaysHowItDiffersFromTheOneBefore() {
        assertEquals(List.of("+ encode.bitrate = 1 Mbit/s", "+ encode.type = encoder"), add(1).changes());
        assertEquals(List.of("~ encode.bitrate: 1 Mbit/s -> 2 Mbit/s"), add(2).changes());
        var last = store.add("lobby", "", Map.of("encode.type", "encoder")).orElseThrow();
        assertEquals(List.of("- encode.bitrate = 2 Mbit/s"), last.changes());
    }

    @Test
    void theLastTwentyAreKept() throws IOException {
        IntStream.rangeClosed(1, 25).forEach(this::add);
        assertEquals(IntStream.rangeClosed(6, 25).boxed().toList(), numbers());
        try (var files = Files.list(file(1).getParent())) {
            assertEquals(20, files.count());
        }
    }

    @Test
    void pipelinesHaveRevisionsOfTheirOwn() {
        add(1);
        store.add("gate", "", bitrate(5));
        assertEquals(bitrate(1), store.newest("lobby").orElseThrow().raw());
        assertEquals(1, store.newest("gate").orElseThrow().number());
    }

    @Test
    void aWriteThatWasKilledHasNotHappened() throws IOException {
        add(1);
        var whole = Files.readAllBytes(file(1));
        var unfinished = Files.write(file(2).resolveSibling("000002.properties.tmp"), new byte[] {whole[0], whole[1]});
        assertEquals(List.of(1), numbers());
        assertEquals(2, add(2).number());
        assertEquals(List.of(1, 2), numbers());
        assertFalse(Files.exists(unfinished));
    }

    @Test
    void whatAnotherKilledWriteLeftIsClearedAway() throws IOException {
        add(1);
        var left = Files.createFile(file(9).resolveSibling("000009.properties.tmp"));
        add(2);
        assertFalse(Files.exists(left));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 10, 60, 100, 200})
    void aTornFileIsPassedOver(int left) throws IOException {
        add(1);
        add(2);
        var whole = Files.readAllBytes(file(2));
        Files.write(file(2), Arrays.copyOf(whole, Math.min(left, whole.length - 1)));
        assertEquals(bitrate(1), store.newest("lobby").orElseThrow().raw());
        assertEquals(List.of(1), numbers());
        assertEquals(Optional.empty(), store.revision("lobby", 2));
        assertEquals(3, add(3).number(), "the damaged one stays to be looked at");
        assertEquals(List.of(1, 3), numbers());
    }

    @Test
    void aFileWithoutItsLastLineOrWithAnotherValueIsPassedOver() throws IOException {
        add(1);
        add(2);
        var text = Files.readString(file(2));
        Files.writeString(file(2), text.substring(0, text.lastIndexOf('\n', text.length() - 2) + 1));
        assertEquals(List.of(1), numbers());
        Files.writeString(file(2), text.replace("2 Mbit/s", "3 Mbit/s"));
        assertEquals(List.of(1), numbers());
        Files.writeString(file(2), text + "broken = \\u00zz\n");
        assertEquals(List.of(1), numbers());
        Files.writeString(file(3), text);
        assertEquals(List.of(1), numbers(), "another's number");
        Files.writeString(file(2), text);
        assertEquals(List.of(1, 2), numbers());
    }

    @Test
    void aRemovalIsKeptAndEndsWhatWasBefore() {
        assertEquals(Optional.empty(), store.add("lobby", "removed", Map.of()), "there was none");
        add(1);
        var removal = store.add("lobby", "removed", Map.of()).orElseThrow();
        assertTrue(removal.removal());
        assertTrue(store.newest("lobby").orElseThrow().removal());
        assertEquals(Optional.empty(), store.add("lobby", "removed", Map.of()));
        assertEquals(3, add(1).number());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../lobby", "/lobby", "Lobby", "lobby/..", "a\0"})
    void aNameThatNoPipelineHasIsNoPath(String name) throws IOException {
        add(1);
        assertEquals(List.of(), store.list(name));
        assertEquals(Optional.empty(), store.newest(name));
        assertEquals(Optional.empty(), store.add(name, "", bitrate(1)));
        try (var folders = Files.list(data.resolve("revisions"))) {
            assertEquals(1, folders.count());
        }
    }

    @Test
    void onlyTheOwnerMayReadThem() throws IOException {
        assumeTrue(data.getFileSystem().supportedFileAttributeViews().contains("posix"));
        add(1);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file(1))));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file(1).getParent())));
    }

    @Test
    void aDirectoryThatCantBeWrittenIsNoEnd() throws IOException {
        Files.writeString(data.resolve("revisions"), "in the way");
        assertEquals(Optional.empty(), store.add("lobby", "", bitrate(1)));
        assertEquals(List.of(), store.list("lobby"));
    }

    @Test
    void ourOwnKeysCantBeForged() {
        var forged = store.add("lobby", "file", Map.of("cam.type", "x", "levada.revision.number", "7"))
                .orElseThrow();
        assertEquals(1, forged.number());
        assertEquals(
                Map.of("cam.type", "x"), store.newest("lobby").orElseThrow().raw());
    }
}
