/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.filter.overlay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.AudioFormat;
import io.levada.api.media.Event;
import io.levada.api.media.EventFormat;
import io.levada.api.media.Flush;
import io.levada.api.media.Gap;
import io.levada.api.media.Memory;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.Point;
import io.levada.api.media.Region;
import io.levada.api.media.SampleFormat;
import io.levada.api.media.TimeBase;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.StageException;
import io.levada.filter.overlay.drawing.Font;
import io.levada.testkit.Accepts;
import io.levada.testkit.Color;
import io.levada.testkit.Frames;
import io.levada.testkit.StageHarness;
import io.levada.testkit.StageTck;
import io.levada.testkit.Stamps;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OverlayFilterTest {

    private static final int WIDTH = 320;
    private static final int HEIGHT = 240;
    private static final TimeBase TIME = new TimeBase(1, 25);

    private final Frames frames = Frames.of(WIDTH, HEIGHT);

    private static StageHarness open(String... parameters) {
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < parameters.length; i += 2) {
            all.put(parameters[i], parameters[i + 1]);
        }
        return StageHarness.with(new OverlayFilter())
                .parameters(all)
                .inputs("decode:video", "motion:data", "faces:data")
                .open();
    }

    /** A region over the middle of the picture: from (80, 60) to (240, 180). */
    private static Event event(long pts) {
        return Event.about(Stamps.at(TIME, pts))
                .region(new Region("motion", 0.82, 0.25, 0.25, 0.5, 0.5))
                .put("moving", true)
                .build();
    }

    private static int luma(VideoFrame frame, int x, int y) {
        return frame.plane(0).get(y * frame.stride(0) + x) & 255;
    }

    @Test
    void keepsTheStageContract() {
        StageTck.verify(
                OverlayFilter::new,
                Accepts.video(
                                PixelFormat.YUV420P,
                                PixelFormat.NV12,
                                PixelFormat.P010,
                                PixelFormat.YUV422P10,
                                PixelFormat.GRAY8,
                                PixelFormat.BGRA)
                        .joining(Accepts.events()),
                Accepts.video(PixelFormat.YUV444P).parameters(Map.of("clock", "true")));
    }

    @Test
    void aPictureWithNothingToDrawIsPassedOnAsItIs() {
        try (var stage = open()) {
            var frame = frames.noise(1);
            stage.feed(frame);
            assertSame(frame, stage.frames().single());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gray",
                "yuv420p",
                "yuvj420p",
                "nv12",
                "yuv422p",
                "yuv444p",
                "yuv420p10le",
                "yuv422p10le",
                "p010le",
                "rgb24",
                "bgr24",
                "rgba",
                "bgra",
                "argb"
            })
    void aBoxIsPaintedInItsColourInEveryFormat(String pixels) {
        var in = Frames.of(Frames.format(WIDTH, HEIGHT, PixelFormat.of(pixels)));
        try (var stage = open("color", "#FF0000", "thickness", "4", "labels", "none")) {
            stage.feed(in.solid(Color.BLACK));
            stage.feed(1, event(1));
            stage.feed(in.solid(Color.BLACK));
            var drawn = stage.frames().last();
            var expected = in.painted((x, y) -> {
                boolean outer = x >= 80 && x < 240 && y >= 60 && y < 180;
                boolean inner = x >= 84 && x < 236 && y >= 64 && y < 176;
                return outer && !inner ? 0xFF0000 : 0;
            });
            assertSamePicture(expected, drawn);
            expected.release();
        }
    }

    private static void assertSamePicture(VideoFrame expected, VideoFrame actual) {
        var pixels = expected.format().pixelFormat();
        for (int plane = 0; plane < pixels.planes(); plane++) {
            for (int y = 0; y < pixels.rows(plane, HEIGHT); y++) {
                for (int i = 0; i < pixels.rowBytes(plane, WIDTH); i++) {
                    int want = expected.plane(plane).get(y * expected.stride(plane) + i) & 255;
                    int got = actual.plane(plane).get(y * actual.stride(plane) + i) & 255;
                    if (Math.abs(want - got) > 1) { // rounding
                        throw new AssertionError(
                                pixels + " plane " + plane + " row " + y + " byte " + i + ": " + got + " for " + want);
                    }
                }
            }
        }
    }

    @Test
    void theBoxStaysForTheHoldTimeAndNotLonger() {
        try (var stage = open("hold", "200 ms", "labels", "none")) {
            stage.feed(frames.format());
            stage.feed(1, event(0));
            for (int i = 0; i < 10; i++) {
                stage.feed(frames.solid(Color.BLACK)); // 40 ms apart
            }
            var drawn = stage.frames().list().stream()
                    .map(frame -> luma(frame, 100, 60) > 100)
                    .toList();
            assertEquals(List.of(true, true, true, true, true, true, false, false, false, false), drawn);
            assertEquals(6, stage.gauge("drawn"));
        }
    }

    @Test
    void theBoxIsGoneAtOnceWhenMotionIsOver() {
        try (var stage = open("hold", "10 s")) {
            stage.feed(frames.format());
            stage.feed(1, event(0));
            stage.feed(frames.solid(Color.BLACK));
            stage.feed(1, Event.about(Stamps.at(TIME, 1)).put("moving", false).build());
            var frame = frames.solid(Color.BLACK);
            stage.feed(frame);
            assertNotSame(frame, stage.frames().first());
            assertSame(frame, stage.frames().last());
        }
    }

    @Test
    void eachInputKeepsItsOwnBoxes() {
        try (var stage = open("labels", "none", "thickness", "2")) {
            stage.feed(frames.format());
            stage.feed(1, event(0));
            stage.feed(
                    2,
                    Event.about(Stamps.at(TIME, 0))
                            .region(new Region("face", 0.5, 0, 0, 0.125, 0.125))
                            .build());
            stage.feed(frames.solid(Color.BLACK));
            stage.feed(1, Event.about(Stamps.at(TIME, 1)).put("moving", false).build());
            stage.feed(frames.solid(Color.BLACK));
            assertTrue(luma(stage.frames().first(), 100, 60) > 100);
            assertTrue(luma(stage.frames().first(), 10, 0) > 100);
            assertEquals(0, luma(stage.frames().last(), 100, 60));
            assertTrue(luma(stage.frames().last(), 10, 0) > 100);
        }
    }

    @Test
    void whatIsToldOfAnotherSubjectDoesNotClearTheBoxes() {
        try (var stage = open("labels", "none")) {
            stage.feed(frames.format());
            stage.feed(1, event(0));
            stage.feed(1, Event.about(Stamps.at(TIME, 0)).subject("track-ended").build());
            stage.feed(frames.solid(Color.BLACK));
            assertTrue(luma(stage.frames().single(), 100, 60) > 100);
        }
    }

    @Test
    void anEventThatTellsHowLongItHoldsIsShownForThatLong() {
        try (var stage = open("hold", "0", "labels", "none")) {
            stage.feed(1, new EventFormat(TIME));
            stage.feed(frames.format());
            stage.feed(
                    1,
                    Event.about(event(0))
                            .region(event(0).regions().get(0))
                            .duration(5)
                            .build());
            for (int i = 0; i < 8; i++) {
                stage.feed(frames.solid(Color.BLACK));
            }
            assertEquals(5, stage.gauge("drawn"));
        }
    }

    @Test
    void theLabelOfWhatIsFollowedHasItsNumber() {
        try (var stage = open("text-size", "16", "color", "yellow")) {
            stage.feed(frames.format());
            stage.feed(
                    1,
                    Event.about(Stamps.at(TIME, 0))
                            .region(event(0).regions().get(0).tracked(7))
                            .build());
            stage.feed(frames.solid(Color.BLACK));
            assertEquals("motion #7 82 %", read(stage.frames().single(), 82, 42, 2, 14, false));
        }
    }

    @Test
    void anOutlineIsDrawnFromCornerToCorner() {
        var triangle = List.of(new Point(0.25, 0.25), new Point(0.75, 0.25), new Point(0.25, 0.75));
        try (var stage = open("labels", "none", "thickness", "2")) {
            stage.feed(frames.format());
            stage.feed(
                    1,
                    Event.about(Stamps.at(TIME, 0))
                            .region(Region.outlined("yard", 1, triangle))
                            .build());
            stage.feed(frames.solid(Color.BLACK));
            var drawn = stage.frames().single();
            assertTrue(luma(drawn, 160, 60) > 100, "the upper edge");
            assertTrue(luma(drawn, 80, 120) > 100, "the left edge");
            assertTrue(luma(drawn, 160, 120) > 100, "the slope back to the first corner");
            assertEquals(0, luma(drawn, 110, 90), "inside");
            assertEquals(0, luma(drawn, 220, 160), "no box around it");
        }
    }

    @Test
    void aLineGoesFromOneEndToTheOther() {
        var line = List.of(new Point(0, 0.5), new Point(1, 0.5));
        try (var stage = open("labels", "none", "thickness", "2")) {
            stage.feed(frames.format());
            stage.feed(
                    1,
                    Event.about(Stamps.at(TIME, 0))
                            .region(Region.outlined("door", 1, line))
                            .build());
            stage.feed(frames.solid(Color.BLACK));
            var drawn = stage.frames().single();
            for (int x = 0; x < WIDTH; x++) {
                assertTrue(luma(drawn, x, HEIGHT / 2) > 100, "column " + x);
                assertEquals(0, luma(drawn, x, HEIGHT / 2 + 4), "column " + x);
            }
        }
    }

    @Test
    void aFlushForgetsTheBoxes() {
        try (var stage = open("hold", "10 s")) {
            stage.feed(frames.format());
            stage.feed(1, event(0));
            stage.feed(1, new Flush(1));
            var frame = frames.solid(Color.BLACK);
            stage.feed(frame);
            assertSame(frame, stage.frames().single());
            assertFalse(stage.items().list().contains(new Flush(1)), "the pictures go on");
        }
    }

    /** Reads text back from the picture, glyph by glyph; bright on dark. */
    private static String read(VideoFrame frame, int left, int top, int scale, int length, boolean bright) {
        var text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            int x = left + i * Font.ADVANCE * scale;
            char found = '\0';
            for (char candidate = ' '; candidate <= '~' && found == '\0'; candidate++) {
                found = matches(frame, x, top, scale, candidate, bright) ? candidate : '\0';
            }
            text.append(found);
        }
        return text.toString();
    }

    private static boolean matches(VideoFrame frame, int x, int y, int scale, char glyph, boolean bright) {
        for (int row = 0; row < Font.HEIGHT; row++) {
            for (int column = 0; column < Font.WIDTH; column++) {
                boolean set = (Font.row(glyph, row) >> Font.WIDTH - 1 - column & 1) != 0;
                boolean light = luma(frame, x + column * scale, y + row * scale) > 128;
                if (set != (light == bright)) {
                    return false;
                }
            }
        }
        return true;
    }

    @Test
    void theLabelStandsAboveTheBoxWithItsScore() {
        try (var stage = open("text-size", "16", "color", "yellow")) {
            stage.feed(frames.format());
            stage.feed(1, event(0));
            stage.feed(frames.solid(Color.BLACK));
            // 10 glyph rows of 2 pixels above (80, 60), and a margin of one
            assertEquals("motion 82 %", read(stage.frames().single(), 82, 42, 2, 11, false));
        }
    }

    @Test
    void theClockShowsWhenThePictureWasCaptured() {
        try (var stage = open("clock", "true", "zone", "+02:00", "text-size", "8")) {
            for (int i = 0; i < 30; i++) {
                stage.feed(frames.solid(Color.GRAY));
            }
            assertEquals("2026-01-01 02:00:00.0", read(stage.frames().first(), 1, 1, 1, 21, true));
            assertEquals("2026-01-01 02:00:01.1", read(stage.frames().last(), 1, 1, 1, 21, true));
        }
    }

    @Test
    void whatLiesOutsideThePictureIsCutOff() {
        try (var stage = open("text-size", "64")) {
            stage.feed(frames.format());
            stage.feed(
                    1,
                    Event.about(Stamps.at(TIME, 0))
                            .region(new Region(
                                    "äöü \u4e2d a label that is longer than the picture", 7, -3, 0.9, 17, 1e300))
                            .region(new Region("", Double.NaN, Double.NaN, Double.NEGATIVE_INFINITY, Double.NaN, 0))
                            .build());
            stage.feed(frames.solid(Color.BLACK));
            assertEquals(1, stage.gauge("drawn"));
        }
    }

    @Test
    void rowsAreAlignedForNativeCode() {
        var in = Frames.of(Frames.format(98, 51, PixelFormat.YUV420P));
        try (var stage = open("clock", "true")) {
            stage.feed(in.solid(Color.GRAY));
            var frame = stage.frames().single();
            for (int plane = 0; plane < 3; plane++) {
                assertEquals(0, frame.stride(plane) % 64);
                assertTrue(frame.memory().size(plane) >= (long) frame.stride(plane) * (plane == 0 ? 51 : 26) + 64);
            }
        }
    }

    @Test
    void memoryIsRecycled() {
        Set<Memory> memories = Collections.newSetFromMap(new IdentityHashMap<>());
        try (var stage = open("clock", "true")) {
            for (int i = 0; i < 50; i++) {
                stage.feed(frames.solid(Color.GRAY));
                memories.add(stage.frames().single().memory());
                stage.clear();
            }
        }
        assertEquals(1, memories.size());
    }

    @Test
    void changedParametersAreTakenWithTheNextPicture() {
        try (var stage = open("color", "white", "labels", "none", "thickness", "2")) {
            stage.feed(frames.format());
            stage.feed(1, event(0));
            stage.feed(frames.solid(Color.GRAY));
            assertTrue(stage.reconfigure(Map.of("color", "black", "labels", "none", "thickness", "2")));
            stage.feed(frames.solid(Color.GRAY));
            assertEquals(255, luma(stage.frames().first(), 100, 60));
            assertEquals(0, luma(stage.frames().last(), 100, 60));
        }
    }

    @Test
    void aGapOfTheAnalyzerIsNoGapOfThePicture() {
        try (var stage = open()) {
            stage.feed(frames.format());
            stage.feed(1, event(0));
            stage.feed(1, new Gap(1, 1));
            assertEquals(1, stage.markers().size());
            stage.feed(0, new Gap(1, 1));
            assertEquals(2, stage.markers().size());
        }
    }

    @ParameterizedTest
    @CsvSource({"color, pink-ish", "zone, Nowhere", "hold, soon"})
    void aValueThatIsNoneIsNamed(String parameter, String value) {
        var error = assertThrows(StageException.class, () -> open(parameter, value));
        assertEquals(parameter, error.parameter().orElseThrow());
        assertTrue(error.getMessage().contains(value), error.getMessage());
    }

    @Test
    void whatCantBeDrawnOnIsRefusedWithARemedy() {
        var refused = List.of(
                VideoFormat.of(64, 48, PixelFormat.of("bayer_rggb8")).build(),
                VideoFormat.of(64, 48, PixelFormat.NV12)
                        .memory(Memory.Kind.CUDA)
                        .build(),
                AudioFormat.of(48_000, 2, SampleFormat.FLTP).build());
        for (var format : refused) {
            try (var stage = open()) {
                var error = assertThrows(StageException.class, () -> stage.feed(format));
                assertTrue(error.remedy().isPresent(), error::getMessage);
            }
        }
        try (var stage = open()) {
            assertThrows(StageException.class, () -> stage.feed(1, Frames.format(64, 48, PixelFormat.YUV420P)));
        }
    }
}
