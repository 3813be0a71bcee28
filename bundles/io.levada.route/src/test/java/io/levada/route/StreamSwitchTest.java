/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Flush;
import io.levada.api.media.Gap;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.SampleFormat;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.Order;
import io.levada.api.stage.Request;
import io.levada.api.stage.StageException;
import io.levada.testkit.Accepts;
import io.levada.testkit.Color;
import io.levada.testkit.Frames;
import io.levada.testkit.Packets;
import io.levada.testkit.StageHarness;
import io.levada.testkit.StageTck;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamSwitchTest {

    private final Camera first = new Camera("cam1:video");
    private final Camera second = new Camera("cam2:video");

    private static StageHarness open(String... parameters) {
        return StageHarness.with(new StreamSwitch())
                .parameters(parameters.length == 0 ? Map.of() : Map.of(parameters[0], parameters[1]))
                .inputs("cam1:video", "cam2:video")
                .open();
    }

    private static StageHarness opened(String... parameters) {
        return open(parameters).feed(0, Camera.FORMAT).feed(1, Camera.FORMAT);
    }

    /** Both cameras' pictures in turn. */
    private void feed(StageHarness stage, long from, long to) {
        for (long i = from; i < to; i++) {
            stage.feed(0, first.packet(i)).feed(1, second.packet(i));
        }
    }

    private static List<String> sources(StageHarness stage) {
        return stage.samples().list().stream()
                .map(sample -> sample.stamp().source().replaceAll(".*/|:.*", ""))
                .distinct()
                .toList();
    }

    @Test
    void keepsTheStageContract() {
        StageTck.verify(
                StreamSwitch::new,
                Camera.accepts(),
                Camera.accepts().with(Camera.accepts()),
                Camera.accepts().with(Camera.accepts()).parameters(Map.of("initial", "off")),
                Accepts.video(PixelFormat.YUV420P),
                Accepts.audio(SampleFormat.FLTP));
    }

    @Test
    void packetsOfAnotherInputFollowFromTheirNextKeyframeOnAndUntilThenTheOneBeforeGoesOn() {
        try (var stage = opened()) {
            feed(stage, 0, 13);
            assertEquals(
                    "cam1:video goes through, cam2:video follows with the next that can be decoded by itself",
                    stage.control("select", "cam2"));
            assertEquals(List.of(Request.keyframe()), stage.requests(1));
            feed(stage, 13, 25);
            assertEquals("cam2:video goes through", stage.control("select", "cam2:video"));
            var packets = stage.packets().list();
            for (int i = 1; i < packets.size(); i++) {
                assertTrue(packets.get(i).dts() > packets.get(i - 1).dts(), packets.toString());
            }
            var begins = packets.stream()
                    .filter(packet -> packet.stamp().source().contains("cam2"))
                    .findFirst()
                    .orElseThrow();
            assertTrue(begins.keyframe() && begins.discontinuity());
            assertEquals(20 * Camera.NANOS, begins.stamp().runningTime());
            assertEquals(21 + 5, packets.size(), "20 came of both");
            assertEquals(1, stage.formats().size());
            assertEquals(2, stage.gauge("switches"));
            assertEquals(2, stage.gauge("selected"));
        }
    }

    @Test
    void whatGoesThroughUndisturbedIsPassedOnAsItIs() {
        try (var stage = opened()) {
            var packet = first.packet(0);
            stage.feed(0, packet);
            assertSame(packet, stage.packets().single());
        }
    }

    @Test
    void framesFollowWithTheNext() {
        try (var stage = open()) {
            var one = Frames.of(64, 48).source("lobby/cam1:video");
            var other = Frames.of(32, 24).source("lobby/cam2:video");
            stage.feed(0, one.solid(Color.RED)).feed(1, other.solid(Color.BLUE));
            stage.control("select", "cam2");
            stage.feed(0, one.solid(Color.RED)).feed(1, other.solid(Color.BLUE));
            stage.feed(0, one.solid(Color.RED)).feed(1, other.solid(Color.BLUE));
            assertEquals(
                    List.of(64, 64, 32, 32),
                    stage.frames().list().stream().map(frame -> frame.width()).toList());
            assertEquals(
                    List.of(0L, 1L, 2L, 3L),
                    stage.frames().list().stream().map(frame -> frame.pts()).toList());
            assertEquals(2, stage.formats().size());
        }
    }

    @Test
    void offLetsNothingThroughAndWhatIsNotLetThroughIsNotKept() {
        try (var stage = opened("initial", "off")) {
            var packet = first.packet(0);
            packet.retain();
            stage.feed(0, packet);
            assertEquals(1, packet.memory().references());
            packet.release();
            assertTrue(stage.samples().isEmpty());
            assertEquals(
                    "cam1:video follows with the next that can be decoded by itself", stage.control("select", "cam1"));
            feed(stage, 20, 22);
            assertEquals("nothing goes through", stage.control("select", "off"));
            feed(stage, 22, 40);
            assertEquals(List.of(20L, 21L), Camera.numbers(stage.samples()));
        }
    }

    @Test
    void timeNeverGoesBackAndDoesNotDriftHoweverOftenItIsSwitched() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        long late = 17; // pictures by which the second camera is behind
        try (var stage = opened()) {
            for (int i = 0; i < 3000; i++) {
                if (random.nextInt(15) == 0) {
                    stage.control("select", random.nextInt(4) == 0 ? "off" : random.nextBoolean() ? "cam1" : "cam2");
                }
                stage.feed(0, first.packet(100 + i)).feed(1, second.packet(100 + i - late));
            }
            long last = Long.MIN_VALUE;
            for (var packet : stage.packets()) {
                assertTrue(packet.dts() > last, "seed " + seed + ": " + packet);
                assertTrue(packet.pts() >= packet.dts());
                long moved = packet.dts() - packet.stamp().pts();
                assertTrue(moved >= 0 && moved <= (late + 1) * Camera.TICKS, "seed " + seed + ": moved by " + moved);
                last = packet.dts();
            }
        }
    }

    @Test
    void framesThatAreTimedCoarselyDoNotDriftEither() {
        try (var stage = open()) {
            var one = Frames.of(16, 16).source("lobby/cam1:video");
            var other = Frames.of(16, 16).source("lobby/cam2:video");
            for (int i = 0; i < 1000; i++) {
                if (i % 20 == 0) {
                    stage.control("select", i % 40 == 0 ? "cam2" : "cam1");
                }
                stage.feed(0, one.at(100 + i).solid(Color.RED))
                        .feed(1, other.at(98 + i).solid(Color.BLUE));
            }
            long last = -1;
            for (var frame : stage.frames()) {
                assertTrue(frame.pts() > last, frame.toString());
                assertTrue(frame.pts() - frame.stamp().pts() <= 4, frame + " is late by more and more");
                last = frame.pts();
            }
            assertTrue(stage.frames().size() > 850, stage.frames().size() + " frames");
        }
    }

    @Test
    void theTimeBaseIsThatOfTheFirstWhateverFollows() {
        try (var stage = open()) {
            var millis = new TimeBase(1, 1000);
            var slow = Packets.of(millis, 40);
            stage.feed(0, Camera.FORMAT);
            stage.feed(1, Camera.FORMAT.toBuilder().timeBase(millis).build());
            stage.feed(0, first.packet(0));
            stage.control("select", "cam2");
            stage.feed(1, slow.at(80).keyframe((byte) 1)).feed(1, slow.delta((byte) 2));
            assertEquals(1, stage.formats().size(), "they look alike, but for the time base");
            assertEquals(List.of(0L, 2L, 3L), Camera.times(stage.packets()));
        }
    }

    @Test
    void whatReadersAskForIsAskedOfWhatGoesThroughAlone() {
        try (var stage = opened()) {
            feed(stage, 0, 1);
            assertTrue(stage.request(Request.keyframe()));
            assertEquals(List.of(Request.keyframe()), stage.requests(0));
            assertEquals(List.of(), stage.requests(1));
        }
    }

    @Test
    void whatDoesNotGoThroughMayBeginAnewWithoutADisturbance() {
        try (var stage = opened()) {
            feed(stage, 0, 3);
            stage.feed(1, new Flush(1));
            assertFalse(stage.items().list().contains(new Flush(1)));
            stage.feed(0, new Flush(2));
            assertTrue(stage.items().list().contains(new Flush(2)));
        }
    }

    @Test
    void gapsOfWhatGoesThroughAreTold() {
        try (var stage = opened()) {
            feed(stage, 0, 1);
            stage.feed(0, new Gap(3600, 7200)).feed(1, new Gap(5, 5));
            assertEquals(new Gap(3600, 7200), stage.markers().last());
        }
    }

    @Test
    void anInstanceThatTakesThePlaceBeginsWithWhatWasOrdered() {
        try (var stage = opened()) {
            stage.control(new Order("select", List.of("cam2"), 0));
            assertTrue(stage.reconfigure(Map.of("initial", "cam1")), "an order goes before the parameter");
            feed(stage, 0, 3);
            assertEquals(List.of("cam2"), sources(stage));
        }
    }

    @Test
    void theParameterDecidesUntilItIsToldOtherwise() {
        try (var stage = opened("initial", "cam2:video")) {
            feed(stage, 0, 3);
            assertEquals(List.of("cam2"), sources(stage));
            assertTrue(stage.reconfigure(Map.of("initial", "cam1")));
            feed(stage, 10, 12);
            assertEquals(List.of("cam2", "cam1"), sources(stage));
        }
    }

    @Test
    void whatIsNoInputIsRefusedByName() {
        var initial = assertThrows(StageException.class, () -> open("initial", "cam3"));
        assertEquals("initial", initial.parameter().orElseThrow());
        try (var stage = opened()) {
            var refused = assertThrows(StageException.class, () -> stage.control("select", "cam2:vidoe"));
            assertEquals("there is no input cam2:vidoe; did you mean cam2:video?", refused.getMessage());
            assertEquals(
                    "name one of: cam1:video, cam2:video, off", refused.remedy().orElseThrow());
        }
        try (var stage = open().feed(0, Camera.FORMAT)) {
            var mixed = assertThrows(StageException.class, () -> stage.feed(1, Packets.audio("aac", 48_000, 2)));
            assertTrue(mixed.getMessage().contains("cam2:video carries packet:audio, cam1:video packet:video"));
        }
    }
}
