/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DurableFilesTest {

    @TempDir
    Path directory;

    @Test
    void manyWhoWriteAFileAtOnceLeaveTheWholeContentOfOneOfThem() throws Exception {
        var file = directory.resolve("lobby.cfg");
        var contents =
                IntStream.range(0, 8).mapToObj(i -> (i + "\n").repeat(20_000)).toList();
        var threads = Executors.newFixedThreadPool(contents.size());
        try {
            for (int round = 0; round < 5; round++) {
                for (var written : threads.invokeAll(
                        contents.stream().map(content -> write(file, content)).toList())) {
                    written.get(); // throws what it threw
                }
                assertEquals(
                        1,
                        contents.stream().filter(Files.readString(file)::equals).count());
            }
        } finally {
            threads.shutdownNow();
        }
        try (var left = Files.list(directory)) {
            assertEquals(List.of(file), left.toList());
        }
    }

    private static Callable<Path> write(Path file, String content) {
        return () -> {
            DurableFiles.write(file, content.getBytes(StandardCharsets.UTF_8));
            return file;
        };
    }
}
