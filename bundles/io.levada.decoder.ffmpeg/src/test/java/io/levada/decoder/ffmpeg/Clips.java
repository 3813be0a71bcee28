/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.decoder.ffmpeg;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** The real clips, kept once in the repository: where the distribution takes them from. */
final class Clips {

    private static final Path MEDIA = Path.of("..", "..", "distribution", "src", "main", "media");

    private Clips() {}

    static Path path(String name) {
        var path = MEDIA.resolve(name);
        assertTrue(Files.exists(path), () -> path.toAbsolutePath() + " belongs there");
        return path;
    }
}
