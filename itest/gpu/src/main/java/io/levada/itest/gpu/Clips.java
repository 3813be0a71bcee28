/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avdevice;
import org.bytedeco.ffmpeg.global.avfilter;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swresample;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.javacpp.Loader;

/** Material, made by the ffmpeg program of the distribution out of a real clip. */
final class Clips {

    /** The distribution has FFmpeg's libraries alone; the program of the same version comes with this. */
    private static final String FFMPEG = System.getProperty("ffmpeg");

    private static final String LIBRARIES = libraries();

    private final Path directory;
    private final Path original;

    Clips(Path directory, Path original) {
        this.directory = directory;
        this.original = original;
    }

    Path directory() {
        return directory;
    }

    Path original() {
        return original;
    }

    /** A clip of so many frames, made once. */
    Path make(String name, int frames, String... options) throws Exception {
        var file = directory.resolve(name);
        if (!Files.exists(file)) {
            var command = new ArrayList<>(List.of("-stream_loop", "-1", "-i", original.toString(), "-an"));
            command.addAll(List.of("-frames:v", Integer.toString(frames)));
            command.addAll(List.of(options));
            command.add(file.toString());
            run(command.toArray(String[]::new));
        }
        return file;
    }

    /** The same packets so many times. */
    Path repeat(Path clip, int times) throws Exception {
        var file = directory.resolve("x" + times + "-" + clip.getFileName());
        if (!Files.exists(file)) {
            run("-stream_loop", Integer.toString(times - 1), "-i", clip.toString(), "-c", "copy", file.toString());
        }
        return file;
    }

    static String run(String... arguments) throws IOException, InterruptedException {
        var process = start(arguments);
        var said = new String(process.getInputStream().readAllBytes());
        if (!process.waitFor(300, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(String.join(" ", arguments) + "\n" + said);
        }
        return said;
    }

    static Process start(String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(FFMPEG, "-hide_banner", "-nostdin", "-y", "-v", "error"));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().merge("LD_LIBRARY_PATH", LIBRARIES, (own, more) -> more + ":" + own);
        return builder.start();
    }

    /** Where JavaCPP unpacked them. */
    private static String libraries() {
        var directory = "";
        for (var library : List.of(
                avutil.class,
                swresample.class,
                avcodec.class,
                avformat.class,
                swscale.class,
                avfilter.class,
                avdevice.class)) {
            directory = Path.of(Loader.load(library)).getParent().toString();
        }
        return directory;
    }
}
