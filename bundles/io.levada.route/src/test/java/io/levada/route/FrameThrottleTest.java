/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.PixelFormat;
import io.levada.api.media.Rational;
import io.levada.api.media.TimeBase;
import io.levada.api.media.VideoFormat;
import io.levada.api.stage.StageException;
import io.levada.testkit.Accepts;
import io.levada.testkit.Color;
import io.levada.testkit.Frames;
import io.levada.testkit.StageHarness;
import io.levada.testkit.StageTck;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameThrottleTest {

    private static StageHarness open(String fps) {
        return StageHarness.of(new FrameThrottle(), Map.of("fps", fps));
    }

    private static List<Long> times(StageHarness stage) {
        return stage.frames().list().stream().map(frame -> frame.pts()).toList();
    }

    @Test
    void keepsTheStageContract() {
        StageTck.verify(
                FrameThrottle::new,
                Accepts.video(PixelFormat.YUV420P, PixelFormat.NV12).parameters(Map.of("fps", "10")),
                Accepts.video(PixelFormat.YUV420P).parameters(Map.of("fps", "30000/1001")));
    }

    @ParameterizedTest
    @CsvSource({"25, 100", "30, 100", "12.5, 50", "5, 20", "1, 4", "0.5, 2", "25/3, 34", "10, 40"})
    void soManyFramesASecondGoThroughEvenly(String fps, int expected) {
        try (var stage = open(fps)) {
            var frames = Frames.of(16, 16);
            for (int i = 0; i < 100; i++) {
                stage.feed(frames.solid(Color.RED));
            }
            var times = times(stage);
            assertEquals(expected, times.size());
            var steps = new java.util.TreeSet<Long>();
            for (int i = 1; i < times.size(); i++) {
                steps.add(times.get(i) - times.get(i - 1));
            }
            assertTrue(steps.last() - steps.first() <= 1, fps + ": " + times);
            assertEquals(100 - expected, stage.gauge("dropped"));
        }
    }

    @Test
    void framesThatComeALittleEarlyOrLateAreAsMany() {
        var format = VideoFormat.of(16, 16, PixelFormat.GRAY8)
                .timeBase(TimeBase.MILLIS)
                .frameRate(new Rational(30, 1))
                .build();
        var random = new Random(7);
        try (var stage = open("10")) {
            for (int i = 0; i < 300; i++) {
                var frame = Frames.of(format)
                        .at(1000 + i * 100 / 3 + random.nextInt(11) - 5)
                        .solid(Color.RED);
                stage.feed(frame);
            }
            assertEquals(100, stage.frames().size(), 1);
        }
    }

    @Test
    void theFormatSaysTheRateThatIsLeft() {
        try (var stage = open("5")) {
            stage.feed(Frames.of(16, 16).solid(Color.RED));
            assertEquals(new Rational(5, 1), stage.frames().single().format().frameRate());
        }
    }

    @Test
    void whatIsSlowEnoughIsPassedOnAsItIs() {
        try (var stage = open("50")) {
            var frame = Frames.of(16, 16).solid(Color.RED);
            stage.feed(frame);
            assertSame(frame, stage.frames().single());
        }
    }

    @Test
    void theRateIsChangedWhileItRuns() {
        try (var stage = open("25")) {
            var frames = Frames.of(16, 16);
            for (int i = 0; i < 10; i++) {
                stage.feed(frames.solid(Color.RED));
            }
            assertTrue(stage.reconfigure(Map.of("fps", "5")));
            for (int i = 0; i < 10; i++) {
                stage.feed(frames.solid(Color.RED));
            }
            assertEquals(12, stage.frames().size());
            assertEquals(new Rational(5, 1), stage.frames().last().format().frameRate());
            assertThrows(StageException.class, () -> stage.reconfigure(Map.of("fps", "none")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1001", "fast", "1/0", "0/5", "", "1e9", "2000000/1"})
    void whatIsNoRateIsRefusedByName(String fps) {
        var refused = assertThrows(StageException.class, () -> open(fps));
        assertEquals("fps", refused.parameter().orElseThrow());
    }
}
