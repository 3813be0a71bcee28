/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.motion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.AudioFormat;
import io.levada.api.media.Event;
import io.levada.api.media.Memory;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.Region;
import io.levada.api.media.SampleFormat;
import io.levada.api.media.VideoFormat;
import io.levada.api.stage.StageException;
import io.levada.testkit.Accepts;
import io.levada.testkit.Color;
import io.levada.testkit.Frames;
import io.levada.testkit.Picture;
import io.levada.testkit.StageHarness;
import io.levada.testkit.StageTck;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MotionAnalyzerTest {

    private static final int WIDTH = 320;
    private static final int HEIGHT = 180;
    private static final int SIZE = 40;

    /** Pictures of the empty scene that come first, so that it is known: one second. */
    private static final int EMPTY = 25;

    private static final Color STREET = Color.gray(100);
    private static final Color CAR = Color.gray(200);

    private final Frames frames = Frames.of(WIDTH, HEIGHT);

    private static StageHarness open(String... parameters) {
        var all = new HashMap<String, String>();
        for (int i = 0; i < parameters.length; i += 2) {
            all.put(parameters[i], parameters[i + 1]);
        }
        return StageHarness.of(new MotionAnalyzer(), all);
    }

    private void empty(StageHarness stage, int pictures) {
        for (int i = 0; i < pictures; i++) {
            stage.feed(frames.solid(STREET));
        }
    }

    /** A square that comes in at the left and moves 4 pixels a picture. */
    private void drive(StageHarness stage, int pictures) {
        for (int i = 0; i < pictures; i++) {
            stage.feed(frames.square(4 * i, 60, SIZE, CAR, STREET));
        }
    }

    private static Region only(Event event) {
        assertEquals(1, event.regions().size(), event::toString);
        return event.regions().get(0);
    }

    private static boolean moving(Event event) {
        return (Boolean) event.values().get("moving");
    }

    private static void assertAround(int left, int top, int size, Region region) {
        double slack = 7.0; // two cells
        assertEquals(left, region.x() * WIDTH, slack, region::toString);
        assertEquals(top, region.y() * HEIGHT, slack, region::toString);
        assertEquals(left + size, (region.x() + region.width()) * WIDTH, slack, region::toString);
        assertEquals(top + size, (region.y() + region.height()) * HEIGHT, slack, region::toString);
    }

    @Test
    void keepsTheStageContract() {
        StageTck.verify(
                MotionAnalyzer::new,
                Accepts.video(
                        PixelFormat.YUV420P,
                        PixelFormat.GRAY8,
                        PixelFormat.NV12,
                        PixelFormat.P010,
                        PixelFormat.YUV422P10));
    }

    @Test
    void aMovingSquareIsFoundWhereItIs() {
        try (var stage = open()) {
            empty(stage, EMPTY);
            assertTrue(stage.events().isEmpty());
            drive(stage, 40);
            var last = stage.events().last();
            assertTrue(moving(last));
            assertEquals("motion", last.subject());
            assertAround(4 * 39, 60, SIZE, only(last));
            assertTrue(only(last).score() > 0.7 && only(last).score() < 1, last::toString);
            assertEquals(
                    frames.at(EMPTY + 39).format().timeBase().toNanos(EMPTY + 39),
                    last.stamp().runningTime());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gray", "nv12", "yuv444p", "yuv422p", "yuv420p10le", "yuv422p10le", "p010le"})
    void everyFormatWithAPlaneOfBrightnessGivesTheSame(String pixels) {
        var in = Frames.of(Frames.format(WIDTH, HEIGHT, PixelFormat.of(pixels)));
        try (var stage = open()) {
            for (int i = 0; i < EMPTY; i++) {
                stage.feed(in.solid(STREET));
            }
            for (int i = 0; i < 20; i++) {
                stage.feed(in.square(100 + 4 * i, 60, SIZE, CAR, STREET));
            }
            assertAround(100 + 4 * 19, 60, SIZE, only(stage.events().last()));
        }
    }

    @Test
    void twoSquaresAreTwoRegions() {
        try (var stage = open()) {
            empty(stage, EMPTY);
            for (int i = 0; i < 10; i++) {
                int x = 20 + 5 * i;
                stage.feed(frames.painted((px, py) -> {
                    boolean one = px >= x && px < x + 30 && py >= 20 && py < 50;
                    boolean other = px >= 200 && px < 240 && py >= 100 - x && py < 140 - x;
                    return one || other ? CAR.rgb() : STREET.rgb();
                }));
            }
            assertEquals(2, stage.events().last().regions().size());
        }
    }

    @Test
    void whenItIsOverThereIsOneMoreEventAndThenNone() {
        try (var stage = open()) {
            empty(stage, EMPTY);
            drive(stage, 30);
            int before = stage.events().size();
            empty(stage, 100);
            var after = stage.events().list().subList(before, stage.events().size()).stream()
                    .filter(event -> !moving(event))
                    .toList();
            assertEquals(1, after.size());
            assertEquals(List.of(), after.get(0).regions());
            assertTrue(!moving(stage.events().last()));
        }
    }

    @Test
    void whatStandsStillNoLongerCounts() {
        try (var stage = open("still-after", "1 s")) {
            empty(stage, EMPTY);
            drive(stage, 30);
            for (int i = 0; i < 60; i++) {
                stage.feed(frames.square(4 * 29, 60, SIZE, CAR, STREET));
            }
            assertTrue(!moving(stage.events().last()));
            long after = stage.events().last().pts() - EMPTY - 30;
            assertTrue(after >= 20 && after <= 45, "over after " + after + " pictures");
            stage.clear();
            for (int i = 0; i < 10; i++) { // it drives on
                stage.feed(frames.square(4 * (29 + i), 60, SIZE, CAR, STREET));
            }
            assertTrue(moving(stage.events().last()));
        }
    }

    @Test
    void noiseIsNoMotion() {
        var random = new Random(7);
        try (var stage = open()) {
            for (int i = 0; i < 150; i++) {
                stage.feed(frames.painted(noisy(random, (x, y) -> x / 16 * 12)));
            }
            assertEquals(0, stage.events().size());
        }
    }

    /** Gaussian noise with a deviation of 12 steps, which is a lot. */
    private static Picture noisy(Random random, Picture gray) {
        return (x, y) -> {
            int level = (int) Math.max(0, Math.min(255, (gray.rgb(x, y) & 255) + 12 * random.nextGaussian()));
            return level * 0x010101;
        };
    }

    @Test
    void aSquareIsFoundInNoise() {
        var random = new Random(7);
        try (var stage = open()) {
            for (int i = 0; i < 50; i++) {
                stage.feed(frames.painted(noisy(random, (x, y) -> 100)));
            }
            for (int i = 0; i < 20; i++) {
                int left = 4 * i;
                stage.feed(frames.painted(
                        noisy(random, (x, y) -> x >= left && x < left + SIZE && y >= 60 && y < 60 + SIZE ? 160 : 100)));
            }
            assertAround(4 * 19, 60, SIZE, only(stage.events().last()));
        }
    }

    @Test
    void aChangeOfLightIsNoMotion() {
        try (var stage = open()) {
            for (int i = 0; i < 125; i++) {
                double light = 1 + 0.4 * Math.sin(i / 8.0) + (i % 40 > 20 ? -0.2 : 0); // slow, with steps
                stage.feed(frames.painted((x, y) -> (int) (light * (30 + x / 4.0)) * 0x010101));
            }
            assertEquals(0, stage.events().size(), () -> stage.events().toString());
        }
    }

    @Test
    void aLampThatStaysBrightWhenItGetsDarkIsLearned() {
        try (var stage = open("learning", "1 s")) {
            for (int i = 0; i < 250; i++) {
                int street = i < EMPTY ? 120 : 90;
                stage.feed(frames.painted(
                        (x, y) -> (x >= 40 && x < 40 + SIZE && y >= 60 && y < 60 + SIZE ? 255 : street) * 0x010101));
            }
            assertTrue(stage.events().size() > 0);
            assertFalse(moving(stage.events().last()));
        }
    }

    @Test
    void aSquareIsFoundWhileTheLightChanges() {
        try (var stage = open()) {
            for (int i = 0; i < 60; i++) {
                double light = 1 + 0.3 * Math.sin(i / 8.0);
                int left = 4 * (i - 40);
                stage.feed(frames.painted((x, y) -> {
                    boolean car = left >= 0 && x >= left && x < left + SIZE && y >= 60 && y < 60 + SIZE;
                    return (int) (light * (car ? 180 : 60 + x / 8.0)) * 0x010101;
                }));
            }
            assertAround(4 * 19, 60, SIZE, only(stage.events().last()));
        }
    }

    @Test
    void aSoftShadowIsNoMotion() {
        try (var stage = open()) {
            empty(stage, EMPTY);
            for (int i = 0; i < 50; i++) {
                int middle = 6 * i;
                stage.feed(frames.painted((x, y) -> {
                    double distance = Math.hypot(x - middle, y - 90) / 60;
                    return (int) (100 - 35 * Math.exp(-distance * distance)) * 0x010101;
                }));
            }
            assertEquals(0, stage.events().size(), () -> stage.events().toString());
        }
    }

    @Test
    void aCutToAnotherSceneIsNoMotion() {
        try (var stage = open()) {
            empty(stage, EMPTY);
            for (int i = 0; i < 50; i++) {
                stage.feed(frames.painted((x, y) -> (x / 20 + y / 20) % 2 == 0 ? 0xF0F0F0 : 0x101010));
            }
            assertEquals(0, stage.events().size());
        }
    }

    @Test
    void whatIsOutsideTheZonesIsNotSeen() {
        try (var stage = open("zones", "0,0,1,0.25; 0.75,0.25,0.25,0.75")) {
            empty(stage, EMPTY);
            drive(stage, 30); // until x = 116 of 320
            assertEquals(0, stage.events().size());
            for (int i = 30; i < 60; i++) {
                stage.feed(frames.square(4 * i, 60, SIZE, CAR, STREET));
            }
            var region = only(stage.events().last());
            assertTrue(region.x() >= 0.74, region::toString);
        }
    }

    @Test
    void whatIsSmallerThanTheLeastAreaDoesNotCount() {
        double area = (double) SIZE * SIZE / (WIDTH * HEIGHT);
        try (var stage = open("min-area", Double.toString(2 * area))) {
            empty(stage, EMPTY);
            drive(stage, 30);
            assertEquals(0, stage.events().size());
        }
    }

    @Test
    void whatIsSeenTooShortlyDoesNotCount() {
        try (var stage = open("persistence", "5")) {
            empty(stage, EMPTY);
            for (int i = 0; i < 40; i++) {
                stage.feed(i % 10 < 4 ? frames.square(100, 60, SIZE, CAR, STREET) : frames.solid(STREET));
            }
            assertEquals(0, stage.events().size());
        }
    }

    @Test
    void changedParametersCountFromTheNextPicture() {
        try (var stage = open("min-area", "0.5")) {
            empty(stage, EMPTY);
            drive(stage, 20);
            assertEquals(0, stage.events().size());
            assertTrue(stage.reconfigure(Map.of("min-area", "0.001")));
            stage.feed(frames.square(4 * 20, 60, SIZE, CAR, STREET));
            assertEquals(1, stage.events().size());
            assertThrows(StageException.class, () -> stage.reconfigure(Map.of("zones", "nonsense")));
            stage.feed(frames.square(4 * 21, 60, SIZE, CAR, STREET));
            assertEquals(2, stage.events().size());
        }
    }

    @Test
    void afterAFlushTheSceneIsLearnedAnew() {
        try (var stage = open()) {
            empty(stage, EMPTY);
            stage.flush(1);
            for (int i = 0; i < 50; i++) {
                stage.feed(frames.square(100, 60, SIZE, CAR, STREET));
            }
            assertEquals(0, stage.events().size());
        }
    }

    @Test
    void whatCantBeReadIsRefusedWithARemedy() {
        var refused = List.of(
                Frames.format(64, 48, PixelFormat.RGB24),
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
    }

    @ParameterizedTest
    @ValueSource(strings = {"0,0,1", "a,b,c,d", "0.5,0,0.6,1", "-1,0,1,1", "0,0,0,0"})
    void aZoneThatIsNoneIsNamed(String zone) {
        var error = assertThrows(StageException.class, () -> open("zones", zone));
        assertEquals("zones", error.parameter().orElseThrow());
        assertTrue(error.getMessage().contains(zone));
    }
}
