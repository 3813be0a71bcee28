/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.rtp;

import io.levada.ffmpeg.test.FFmpegProgram;
import java.nio.file.Path;

/** Clips that the tests send. */
final class Material {

    private Material() {}

    /** 2 s of H.264 with B-frames, a keyframe each 0.4 s, and AAC. */
    static Path h264Aac(Path directory) {
        FFmpegProgram.run(
                directory,
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=320x180:rate=25:duration=2",
                "-f",
                "lavfi",
                "-i",
                "sine=frequency=440:sample_rate=48000:duration=2",
                "-c:v",
                "libx264",
                "-bf",
                "2",
                "-g",
                "10",
                "-pix_fmt",
                "yuv420p",
                "-c:a",
                "aac",
                "av.mp4");
        return directory.resolve("av.mp4");
    }

    /** 2 s of H.265, a keyframe each 0.4 s. */
    static Path h265(Path directory) {
        FFmpegProgram.run(
                directory,
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=192x108:rate=25:duration=2",
                "-c:v",
                "libx265",
                "-x265-params",
                "log-level=error:keyint=10",
                "hevc.mp4");
        return directory.resolve("hevc.mp4");
    }
}
