/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.motion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.levada.testkit.Frames;
import io.levada.testkit.StageHarness;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** What a picture costs, on the analyzer itself. */
class MotionCostTest {

    private static final int ROUNDS = 400;

    private final MotionAnalyzer analyzer = new MotionAnalyzer();

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
