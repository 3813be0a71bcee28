/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.motion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.VideoFrame;
import io.levada.testkit.Color;
import io.levada.testkit.Frames;
import io.levada.testkit.StageHarness;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What a picture costs, on the analyzer itself. */
class MotionCostTest {

    private static final int ROUNDS = 400;

    private final MotionAnalyzer analyzer = new MotionAnalyzer();

    @Test
    void aPictureOf1080pCostsLessThanTwoMilliseconds() throws Exception {
        try (var stage = StageHarness.of(analyzer)) {
            var frames = Frames.of(Frames.format(1920, 1080, PixelFormat.YUV420P));
            VideoFrame[] pictures = new VideoFrame[8];
            for (int i = 0; i < pictures.length; i++) {
                pictures[i] = frames.square(200 + 30 * i, 300, 240, Color.WHITE, Color.GRAY);
            }
            stage.feed(frames.format());
            long[] nanos = new long[ROUNDS];
            for (int i = 0; i < ROUNDS; i++) {
                long start = System.nanoTime();
                analyzer.analyze(pictures[i % pictures.length], event -> {});
                nanos[i] = System.nanoTime() - start;
            }
            Arrays.sort(nanos);
            assertTrue(nanos[ROUNDS / 2] < 2_000_000, "median " + nanos[ROUNDS / 2] / 1000 + " us");
            for (var picture : pictures) {
                picture.release();
            }
        }
    }

    @Test
    void aPictureWithoutMotionAllocatesNothing() throws Exception {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (var stage = StageHarness.of(analyzer)) {
            var frame = Frames.of(320, 180).noise(1);
            stage.feed(frame.format());
            long allocated = Long.MAX_VALUE;
            for (int attempt = 0; attempt < 5 && allocated > 0; attempt++) { // the compiler may allocate in between
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < ROUNDS; i++) {
                    analyzer.analyze(frame, event -> {});
                }
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
            }
            assertEquals(0, allocated);
            frame.release();
        }
    }
}
