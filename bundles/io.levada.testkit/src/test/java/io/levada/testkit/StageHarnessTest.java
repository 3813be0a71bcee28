/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.AudioFormat;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.SampleFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Analyzer;
import io.levada.api.stage.EventSink;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StageHarnessTest {

    @Test
    void aWhitePictureIsOne() {
        try (var stage = StageHarness.of(new BrightnessAnalyzer(), Map.of("step", "1"))) {
            stage.feed(Frames.solid(64, 48, Color.WHITE));
            assertEquals(1.0, stage.events().single().number("level"), 0.01);
        }
    }

    @Test
    void anEventsSubjectIsTheStagesName() {
        try (var stage = StageHarness.with(new BrightnessAnalyzer())
                .named("lobby", "light")
                .open()) {
            stage.feed(Frames.solid(64, 48, Color.WHITE));
            assertEquals("light", stage.events().single().subject());
        }
    }

    @Test
    void parametersHaveTheirDefaultsAndNamesWithDashes() {
        try (var stage = StageHarness.of(new BrightnessAnalyzer(), Map.of("min-area", "2 %"))) {
            var config = stage.context().config(BrightnessAnalyzer.Config.class);
            assertEquals(4, config.step());
            assertEquals("2 %", config.min$_$area());
            assertEquals(4, stage.gauge("step"));
        }
    }

    @Test
    void aParameterThatIsNoneOrOfAnotherTypeIsRefused() {
        var unknown = assertThrows(
                IllegalArgumentException.class, () -> StageHarness.of(new BrightnessAnalyzer(), Map.of("stepp", "1")));
        assertTrue(unknown.getMessage().contains("stepp is no parameter"), unknown.getMessage());
        var wrong = assertThrows(
                IllegalArgumentException.class,
                () -> StageHarness.of(new BrightnessAnalyzer(), Map.of("step", "many")));
        assertEquals("step = many is no int", wrong.getMessage());
    }

    @Test
    void changedParametersAreTakenWhileRunning() {
        try (var stage = StageHarness.of(new BrightnessAnalyzer())) {
            assertTrue(stage.reconfigure(Map.of("scale", "0.5")));
            stage.feed(Frames.solid(64, 48, Color.WHITE));
            assertEquals(0.5, stage.events().single().number("level"), 0.01);
        }
    }

    @Test
    void whatAStageThrowsComesOutAsItIs() {
        try (var stage = StageHarness.of(new BrightnessAnalyzer())) {
            var audio = AudioFormat.of(48_000, 2, SampleFormat.FLTP).build();
            assertThrows(StageException.class, () -> stage.feed(audio));
        }
    }

    /** Keeps every frame and never gives it back. */
    private static final class Hoarder implements Analyzer<VideoFrame> {

        private final List<VideoFrame> hoard = new ArrayList<>();

        @Override
        public void open(StageContext context) {}

        @Override
        public void analyze(VideoFrame frame, EventSink events) {
            frame.retain();
            hoard.add(frame);
        }

        @Override
        public void close() {}
    }

    @Test
    void aLeakFailsTheCloseAndNamesTheHolder() {
        var stage = StageHarness.with(new Hoarder()).named("lobby", "hoard").open();
        stage.feed(Frames.solid(64, 48, Color.WHITE), Frames.solid(64, 48, Color.WHITE));
        var leak = assertThrows(ContractBroken.class, stage::close);
        assertTrue(leak.getMessage().contains("2 leaked"), leak.getMessage());
        assertTrue(leak.getMessage().contains("never released by lobby/hoard"), leak.getMessage());
    }

    @Test
    void whatTheTestRetainedForItselfIsNoLeakOfTheStage() {
        var frame = Frames.of(64, 48).noise(1);
        frame.retain();
        try (var stage = StageHarness.of(new BrightnessAnalyzer())) {
            stage.feed(frame);
        }
        assertEquals(1, frame.memory().references());
        frame.release();
    }

    @Test
    void framesOfEveryPixelFormatAreWhatWasPainted() {
        for (var pixels : List.of(PixelFormat.GRAY8, PixelFormat.NV12, PixelFormat.YUV444P, PixelFormat.YUVJ422P)) {
            try (var stage = StageHarness.of(new BrightnessAnalyzer(), Map.of("step", "1"))) {
                stage.feed(Frames.of(Frames.format(65, 47, pixels)).solid(Color.gray(128)));
                assertEquals(0.5, stage.events().single().number("level"), 0.01, pixels::name);
            }
        }
        var rgb = Frames.of(Frames.format(3, 2, PixelFormat.BGRA)).solid(new Color(1, 2, 3));
        assertEquals(3, rgb.plane(0).get(rgb.stride(0) + 4));
        assertEquals(1, rgb.plane(0).get(rgb.stride(0) + 6));
        var ten = Frames.of(Frames.format(4, 4, PixelFormat.P010)).solid(Color.WHITE);
        assertEquals((short) (255 << 8), ten.plane(0).getShort(2));
        rgb.release();
        ten.release();
    }

    @Test
    void aToneGoesOnFromFrameToFrame() {
        var tone = AudioFrames.stereo();
        var first = tone.sine(480, 1000);
        var second = tone.sine(480, 1000);
        assertEquals(1000, second.pts());
        assertEquals(
                0.5 * Math.sin(2 * Math.PI * 480 * 1003 / 48_000),
                second.plane(1).getFloat(12),
                1e-6);
        assertFalse(first.stamp().matches(second.stamp()));
        first.release();
        second.release();
    }
}
