/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import io.levada.ffmpeg.test.FFmpegProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Runs programs: those of the FFmpeg that the product carries, and those of the machine. */
final class Programs {

    /** What a program did. */
    record Result(int exit, String output) {}

    private static final Path CLIPS = Path.of("target", "clips");

    private Programs() {}

    static String ffmpeg() {
        return FFmpegProgram.path().toString();
    }

    static String ffprobe() {
        return FFmpegProgram.probePath().toString();
    }

    /** Runs a program to its end, its output and errors together. */
    static Result run(int seconds, List<String> command) throws IOException, InterruptedException {
        var log = Files.createTempFile("program", ".log");
        try {
            var process = start(command, log);
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError(command + " did not end within " + seconds + " s:\n" + Files.readString(log));
            }
            return new Result(process.exitValue(), Files.readString(log));
        } finally {
            Files.delete(log);
        }
    }

    /** Runs a program until something is so, whether it has ended by then or not. */
    static void until(String what, int seconds, List<String> command, BooleanSupplier condition)
            throws IOException, InterruptedException {
        var log = Files.createTempFile("program", ".log");
        try {
            var process = start(command, log);
            try {
                TestServer.await(what, Duration.ofSeconds(seconds), condition);
            } catch (AssertionError e) {
                throw new AssertionError(command + ":\n" + Files.readString(log), e);
            } finally {
                process.destroyForcibly().waitFor();
            }
        } finally {
            Files.delete(log);
        }
    }

    private static Process start(List<String> command, Path log) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(log.toFile())
                .start();
    }

    /** A file made by ffmpeg with these options, once for all tests. */
    static synchronized Path clip(String name, String... options) throws IOException, InterruptedException {
        var clip = CLIPS.resolve(name);
        if (!Files.exists(clip)) {
            Files.createDirectories(CLIPS);
            var making = CLIPS.resolve("making-" + name);
            var command = new ArrayList<>(List.of(ffmpeg(), "-v", "error", "-y"));
            command.addAll(List.of(options));
            command.add(making.toString());
            var result = run(120, command);
            if (result.exit() != 0) {
                throw new AssertionError(result.output());
            }
            Files.move(making, clip);
        }
        return clip;
    }

    /** H.264 with B-frames and AAC in MP4, 4 s. */
    static Path h264Aac() throws IOException, InterruptedException {
        return clip(
                "h264-aac.mp4",
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=640x360:rate=25:duration=4",
                "-f",
                "lavfi",
                "-i",
                "sine=frequency=440:sample_rate=48000:duration=4",
                "-c:v",
                "libx264",
                "-preset",
                "fast",
                "-g",
                "25",
                "-bf",
                "2",
                "-pix_fmt",
                "yuv420p",
                "-c:a",
                "aac",
                "-shortest");
    }

    /** H.264 of another size and profile, in MPEG-TS: Annex B instead of avcC. */
    static Path h264Small() throws IOException, InterruptedException {
        return clip(
                "h264-small.ts",
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=320x180:rate=25:duration=4",
                "-c:v",
                "libx264",
                "-profile:v",
                "baseline",
                "-preset",
                "fast",
                "-g",
                "25",
                "-pix_fmt",
                "yuv420p");
    }
}
