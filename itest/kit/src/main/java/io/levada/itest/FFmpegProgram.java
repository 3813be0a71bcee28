/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Loader;

/** The ffmpeg program of the very jar that the node's libraries come from: it makes material and knows the truth. */
public final class FFmpegProgram {

    private FFmpegProgram() {}

    public static String path() {
        return Loader.load(org.bytedeco.ffmpeg.ffmpeg.class);
    }

    /** Runs it to a good end and returns its standard output. */
    public static String run(String... arguments) {
        var all = new ArrayList<>(List.of("-hide_banner", "-nostdin", "-v", "error", "-y"));
        all.addAll(List.of(arguments));
        var command = Command.of(path(), all.toArray(String[]::new));
        return command.run().orFail(command).out();
    }

    /** What it says that is in a file: {@code Stream #0:0: Video: hevc, ...}. */
    public static String describe(String file) {
        return Command.of(path(), "-hide_banner", "-nostdin", "-i", file).run().err();
    }

    /** The MD5 of each decoded picture of a file, in order. */
    public static List<String> frameHashes(Path file) {
        var framemd5 = run("-i", file.toString(), "-map", "0:v:0", "-fps_mode", "passthrough", "-f", "framemd5", "-");
        return FrameHashes.hashes(framemd5);
    }
}
