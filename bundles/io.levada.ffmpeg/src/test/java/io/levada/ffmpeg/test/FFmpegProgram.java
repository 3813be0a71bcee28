/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.Loader;

/**
 * The ffmpeg and ffprobe programs that come with the libraries under test: they make material and know the truth. They need
 * libraries of the desktop (libxcb, libasound, libpulse) that Levada does not: where one is missing tests are skipped and
 * say so, but on a build server, which sets {@code CI=true}, they fail.
 */
public final class FFmpegProgram {

    private static final long LONGEST_SECONDS = 120;

    private FFmpegProgram() {}

    /** Looked for when the first test asks. */
    private static final class Programs {

        static final Path FFMPEG = Path.of(Loader.load(org.bytedeco.ffmpeg.ffmpeg.class));
        static final Path FFPROBE = Path.of(Loader.load(org.bytedeco.ffmpeg.ffprobe.class));
        static final String MISSING = missing();

        private static String missing() {
            var started = execute(Path.of("."), List.of(FFMPEG.toString(), "-version"));
            return started.code() == 0 ? "" : "the ffmpeg program does not start: " + started.errors();
        }
    }

    private record Ended(int code, String output, String errors) {}

    /** Where ffmpeg is, for tests that run it in their own way. */
    public static Path path() {
        requireHostLibraries();
        return Programs.FFMPEG;
    }

    /** Where ffprobe is. */
    public static Path probePath() {
        requireHostLibraries();
        return Programs.FFPROBE;
    }

    private static void requireHostLibraries() {
        if (!Programs.MISSING.isEmpty()) {
            assertFalse("true".equals(System.getenv("CI")), Programs.MISSING);
            abort(Programs.MISSING);
        }
    }

    /** Runs ffmpeg to its end, which must be a good one, and returns what it wrote to its standard output. */
    public static String run(String... arguments) {
        return run(Path.of("."), arguments);
    }

    /** The same with a directory that its relative paths are in. */
    public static String run(Path directory, String... arguments) {
        return run(directory, path(), List.of("-hide_banner", "-nostdin", "-v", "error", "-y"), arguments);
    }

    /** Runs ffprobe. */
    public static String probe(Path directory, String... arguments) {
        return run(directory, probePath(), List.of("-v", "error"), arguments);
    }

    private static String run(Path directory, Path program, List<String> first, String... arguments) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(first);
        command.addAll(List.of(arguments));
        var ended = execute(directory, command);
        assertEquals(0, ended.code(), () -> String.join(" ", command) + "\n" + ended.errors());
        return ended.output();
    }

    private static Ended execute(Path directory, List<String> command) {
        try {
            var errors = Files.createTempFile("ffmpeg", ".err");
            try {
                var process = new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectError(errors.toFile())
                        .start();
                var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError(command + " goes on: " + Files.readString(errors));
                }
                return new Ended(process.exitValue(), output, Files.readString(errors));
            } finally {
                Files.delete(errors);
            }
        } catch (IOException e) {
            throw new AssertionError(command + " can't be run", e);
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
