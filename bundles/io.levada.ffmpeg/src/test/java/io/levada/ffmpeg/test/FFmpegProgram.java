/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.Loader;

/** The ffmpeg program that comes with the libraries under test. */
public final class FFmpegProgram {

    private static final String PROGRAM = Loader.load(org.bytedeco.ffmpeg.ffmpeg.class);

    private FFmpegProgram() {}

    /** Where it is, for tests that measure it. */
    public static Path path() {
        return Path.of(PROGRAM);
    }

    /** Runs it to its end, which must be a good one, and returns what it wrote to its standard output. */
    public static String run(String... arguments) {
        List<String> command = new ArrayList<>(List.of(PROGRAM, "-hide_banner", "-nostdin", "-v", "error", "-y"));
        command.addAll(List.of(arguments));
        try {
            var process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(2, TimeUnit.MINUTES), "ffmpeg goes on: " + command);
            assertEquals(0, process.exitValue(), () -> String.join(" ", command));
            return output;
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** The MD5 of each decoded frame of a stream ({@code v:0}, {@code a:0}), every frame once; of audio as 32-bit floats. */
    public static List<String> frameHashes(Path file, String stream) {
        return lines(file, stream).stream()
                .map(line -> line.substring(line.lastIndexOf(',') + 1).strip())
                .toList();
    }

    /** The presentation time of each decoded frame, in the stream's ticks. */
    public static List<Long> frameTimes(Path file, String stream) {
        return lines(file, stream).stream()
                .map(line -> Long.valueOf(line.split(",")[2].strip()))
                .toList();
    }

    private static List<String> lines(Path file, String stream) {
        return run(
                        "-copyts",
                        "-i",
                        file.toString(),
                        "-map",
                        "0:" + stream,
                        "-fps_mode",
                        "passthrough",
                        "-c:a",
                        "pcm_f32le",
                        "-enc_time_base",
                        "demux",
                        "-f",
                        "framemd5",
                        "-")
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList();
    }
}
