/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.benchmark;

import io.levada.itest.FFmpegProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The material: 1080p in H.264 with B-frames and grain, of a bit rate as cameras and broadcasts have it. */
final class Film {

    private static final String PICTURE = "testsrc2=size=1920x1080:rate=25:duration=10,noise=alls=12:allf=t";

    private Film() {}

    /** Forty seconds, made when it is asked for first. */
    static Path make() {
        var folder = Path.of("target", "film").toAbsolutePath();
        var film = folder.resolve("1080p.mp4");
        if (Files.exists(film)) {
            return film;
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var part = folder.resolve("part.mp4").toString();
        FFmpegProgram.run("-f", "lavfi", "-i", PICTURE, "-c:v", "libx264", "-preset", "fast", "-b:v", "8M", part);
        FFmpegProgram.run("-stream_loop", "3", "-i", part, "-c", "copy", film.toString());
        return film;
    }
}
