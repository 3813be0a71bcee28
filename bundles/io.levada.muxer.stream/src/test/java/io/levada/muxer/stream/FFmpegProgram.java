/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.stream;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bytedeco.ffmpeg.ffmpeg;
import org.bytedeco.ffmpeg.ffprobe;
import org.bytedeco.javacpp.Loader;

/** The ffmpeg and ffprobe programs of the very jar the bundle is built with: they make the material and know the truth. */
final class FFmpegProgram {

    private FFmpegProgram() {}

    /** Runs {@code ffmpeg} and gives its standard output. */
    static String ffmpeg(Path directory, String... arguments) {
        return run(
                directory,
                Loader.load(ffmpeg.class),
                List.of("-hide_banner", "-v", "error", "-nostdin", "-y"),
                arguments);
    }

    static String ffprobe(Path directory, String... arguments) {
        return run(directory, Loader.load(ffprobe.class), List.of("-v", "error"), arguments);
    }

    private static String run(Path directory, String program, List<String> first, String... arguments) {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(first);
        command.addAll(List.of(arguments));
        try {
            var errors = Files.createTempFile("ffmpeg", ".err");
            try {
                var process = new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectError(errors.toFile())
                        .start();
                var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                    throw new AssertionError(command + " failed: " + Files.readString(errors));
                }
                return text;
            } finally {
                Files.delete(errors);
            }
        } catch (IOException e) {
            throw new AssertionError(command + " can't be run", e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}
