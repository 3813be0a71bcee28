/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.motion;

import io.levada.api.media.Event;
import io.levada.api.media.HostMemory;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.TimeBase;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.testkit.StageHarness;
import io.levada.testkit.Stamps;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.bytedeco.ffmpeg.ffmpeg;
import org.bytedeco.javacpp.Loader;

/** A real clip of 768x432 pixels, decoded by the ffmpeg program of the jar that Levada uses, and analysed with defaults. */
final class RealClip {

    static final int WIDTH = 768;
    static final int HEIGHT = 432;

    private final Path raw;
    private final TimeBase timeBase;

    RealClip(Path clip, TimeBase timeBase, Path folder) throws IOException, InterruptedException {
        this.timeBase = timeBase;
        raw = folder.resolve(clip.getFileName() + ".gray");
        var process = new ProcessBuilder(
                        Loader.load(ffmpeg.class),
                        "-v",
                        "error",
                        "-nostdin",
                        "-y",
                        "-i",
                        clip.toAbsolutePath().toString(),
                        "-map",
                        "0:v",
                        "-fps_mode",
                        "passthrough",
                        "-pix_fmt",
                        "gray",
                        "-f",
                        "rawvideo",
                        raw.toString())
                .inheritIO()
                .start();
        if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new AssertionError("ffmpeg could not decode " + clip);
        }
    }

    /** The events by the number of the picture. */
    Map<Long, Event> events() throws IOException {
        Map<Long, Event> events = new TreeMap<>();
        var format = VideoFormat.of(WIDTH, HEIGHT, PixelFormat.GRAY8)
                .timeBase(timeBase)
                .build();
        try (var pictures = FileChannel.open(raw);
                var stage = StageHarness.of(new MotionAnalyzer())) {
            int size = WIDTH * HEIGHT;
            for (long number = 0; (number + 1) * size <= pictures.size(); number++) {
                var memory = HostMemory.allocate(size);
                pictures.read(memory.writable(0).duplicate(), number * size);
                stage.feed(VideoFrame.over(memory, format, WIDTH)
                        .pts(number)
                        .stamp(Stamps.at(timeBase, number))
                        .build());
            }
            stage.events().forEach(event -> events.put(event.pts(), event));
        } finally {
            Files.delete(raw);
        }
        return events;
    }
}
