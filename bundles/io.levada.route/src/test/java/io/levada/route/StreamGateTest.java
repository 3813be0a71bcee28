/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Event;
import io.levada.api.media.EventFormat;
import io.levada.api.media.Gap;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.Region;
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
import io.levada.testkit.Stamps;
import io.levada.testkit.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamGateTest {

    private static final TimeBase TIME = new TimeBase(1, 25);

    private final Camera camera = new Camera("cam:video");
    private final VirtualClock clock = VirtualClock.manual();

    /** What stays open for two pictures after an event, and brings as many from before it. */
    private StageHarness open(String... parameters) {
        Map<String, String> all = new HashMap<>(Map.of("hold", "80 ms", "pre-roll", "80 ms"));
        for (int i = 0; i < parameters.length; i += 2) {
            all.put(parameters[i], parameters[i + 1]);
        }
        return StageHarness.with(new StreamGate())
                .parameters(all)
                .clock(clock)
                .inputs("cam:video", "motion:data")
                .open();
    }

    private StageHarness opened(String... parameters) {
        return open(parameters).feed(0, Camera.FORMAT).feed(1, new EventFormat(TIME));
    }

    private void feed(StageHarness stage, long from, long to) {
        for (long i = from; i < to; i++) {
            stage.feed(0, camera.packet(i));
        }
    }

    /** Something moved in the n-th picture. */
    private static void event(StageHarness stage, long number) {
        stage.feed(
                1,
                Event.about(Stamps.at(TIME, number))
                        .subject("motion")
                        .put("moving", true)
                        .build());
    }

    private static List<Long> range(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }

    private static List<Long> both(List<Long> one, List<Long> other) {
        var both = new ArrayList<>(one);
        both.addAll(other);
        return both;
    }

    @Test
    void keepsTheStageContract() {
        StageTck.verify(
                StreamGate::new,
                Camera.accepts().parameters(Map.of("initial", "open")),
                Camera.accepts().parameters(Map.of("initial", "open", "pre-roll", "off", "time", "original")),
                Camera.accepts().joining(Accepts.events()),
                Camera.accepts().joining(Accepts.events()).parameters(Map.of("initial", "closed")),
                Accepts.video(PixelFormat.YUV420P).joining(Accepts.events()),
                Accepts.video(PixelFormat.NV12).parameters(Map.of("initial", "open")));
    }

    @Test
    void anEventOpensItFromAKeyframeBeforeTheEventUntilTheHoldIsOver() {
        try (var stage = opened()) {
            feed(stage, 0, 43);
            event(stage, 43);
            feed(stage, 43, 60);
            // two pictures before 43 is 41, and the keyframe before that is 40
            assertEquals(range(40, 46), Camera.numbers(stage.samples()));
            assertTrue(stage.packets().get(0).keyframe());
            assertEquals(1, stage.gauge("openings"));
            assertEquals(0, stage.gauge("open"));
        }
    }

    @Test
    void anEventThatComesLateStillBringsWhatWasBeforeIt() {
        try (var stage = opened()) {
            feed(stage, 0, 44);
            event(stage, 22); // in time for a hold of 1 s alone
            feed(stage, 44, 46);
            assertTrue(stage.samples().isEmpty());
            stage.reconfigure(Map.of("hold", "1 s", "pre-roll", "80 ms"));
            event(stage, 32);
            feed(stage, 46, 50);
            assertEquals(30, Camera.numbers(stage.samples()).get(0));
        }
    }

    @Test
    void furtherEventsKeepItOpen() {
        try (var stage = opened()) {
            feed(stage, 0, 10);
            for (long i = 10; i < 30; i++) {
                event(stage, i);
                feed(stage, i, i + 1);
            }
            feed(stage, 30, 50);
            assertEquals(range(0, 32), Camera.numbers(stage.samples()));
        }
    }

    @Test
    void theNextOpeningFollowsTheOneBeforeWithoutAHole() {
        try (var stage = opened()) {
            feed(stage, 0, 13);
            event(stage, 13);
            feed(stage, 13, 90_005);
            event(stage, 90_005);
            feed(stage, 90_005, 90_020);
            assertEquals(both(range(10, 16), range(90_000, 90_008)), Camera.numbers(stage.samples()));
            assertEquals(range(10, 24), Camera.times(stage.packets()));
            var second = stage.packets().get(6);
            assertTrue(second.keyframe() && second.discontinuity(), second.toString());
        }
    }

    @Test
    void originalTimesAreKeptAndConsumersAreToldThatNothingComes() {
        try (var stage = opened("time", "original")) {
            feed(stage, 0, 13);
            event(stage, 13);
            feed(stage, 13, 105);
            event(stage, 105);
            feed(stage, 105, 120);
            assertEquals(both(range(10, 16), range(100, 108)), Camera.times(stage.packets()));
            assertTrue(stage.markers().list().stream().anyMatch(Gap.class::isInstance));
        }
    }

    @Test
    void oneThatOpensAgainBeforeTheNextKeyframeGoesOnWhereItEnded() {
        try (var stage = opened()) {
            feed(stage, 0, 11);
            event(stage, 11);
            feed(stage, 11, 17); // shut after 13
            event(stage, 17);
            feed(stage, 17, 30);
            assertEquals(range(0, 20), Camera.numbers(stage.samples()));
            assertEquals(range(0, 20), Camera.times(stage.packets()));
            assertEquals(2, stage.gauge("openings"));
        }
    }

    @Test
    void whatWasHeldBackGoesOutInPortionsSoThatConsumersAreNotFlooded() {
        try (var stage = opened("pre-roll", "10 s")) {
            feed(stage, 0, 300);
            stage.control("open");
            feed(stage, 300, 301);
            assertEquals(4, stage.samples().size());
            feed(stage, 301, 400);
            assertEquals(range(50, 400), Camera.numbers(stage.samples()));
        }
    }

    @Test
    void withoutPreRollItBeginsWithTheNextKeyframeAndAsksForIt() {
        try (var stage = opened("pre-roll", "off")) {
            feed(stage, 0, 13);
            stage.control("open");
            feed(stage, 13, 23);
            assertEquals(List.of(Request.keyframe()), stage.requests(0));
            assertEquals(range(20, 23), Camera.numbers(stage.samples()));
        }
    }

    @Test
    void framesGoThroughFromTheEventOn() {
        try (var stage = open()) {
            var frames = Frames.of(64, 48);
            stage.feed(0, frames.solid(Color.RED)).feed(0, frames.solid(Color.RED));
            event(stage, 2);
            for (int i = 2; i < 9; i++) {
                stage.feed(0, frames.solid(Color.RED));
            }
            assertEquals(range(2, 5), Camera.numbers(stage.samples()));
        }
    }

    @Test
    void anOrderForSomeTimeEndsByTheClockWhicheverInstanceGotIt() {
        try (var stage = opened("pre-roll", "0")) {
            var order = new Order("open", List.of("10", "s"), clock.nanoTime());
            clock.advance(Duration.ofSeconds(4));
            assertEquals("closed, told to be open for 6 s more", stage.control(order));
            feed(stage, 0, 3);
            clock.advance(Duration.ofSeconds(6));
            feed(stage, 3, 6);
            assertEquals(range(0, 3), Camera.numbers(stage.samples()));
        }
    }

    @Test
    void closedIsClosedWhateverEventsSay() {
        try (var stage = opened()) {
            feed(stage, 0, 3);
            assertEquals("closed, told to be closed", stage.control("close"));
            event(stage, 3);
            feed(stage, 3, 6);
            assertTrue(stage.samples().isEmpty());
            assertEquals("closed, as events say", stage.control("auto"));
            event(stage, 6);
            feed(stage, 6, 12);
            assertEquals(range(0, 9), Camera.numbers(stage.samples()));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0, person, 0.5, true",
        "person, 0, person, 0.5, true",
        "'car, person', 0, person, 0.5, true",
        "car, 0, person, 0.5, false",
        "seen, 0, person, 0.5, true",
        "'', 0.6, person, 0.5, false",
        "person, 0.5, person, 0.5, true",
    })
    void labelAndScoreSayWhichEventsCount(String label, String least, String found, double score, boolean opens) {
        try (var stage = opened("label", label, "min-score", least)) {
            feed(stage, 0, 3);
            stage.feed(
                    1,
                    Event.about(Stamps.at(TIME, 3))
                            .subject("seen")
                            .region(new Region(found, score, 0, 0, 1, 1))
                            .build());
            feed(stage, 3, 4);
            assertEquals(opens, !stage.samples().isEmpty());
        }
    }

    @Test
    void anEventThatSaysThatSomethingIsOverDoesNotOpenIt() {
        try (var stage = opened()) {
            feed(stage, 0, 3);
            stage.feed(1, Event.about(Stamps.at(TIME, 3)).put("moving", false).build());
            feed(stage, 3, 4);
            assertTrue(stage.samples().isEmpty());
        }
    }

    @Test
    void whatIsHeldBackIsBounded() {
        var preroll = new Preroll();
        preroll.keep(Duration.ofSeconds(60).toNanos(), true);
        var packets = Packets.of(TimeBase.RTP_VIDEO, Camera.TICKS);
        var megabyte = new byte[1_000_000];
        var all = new ArrayList<io.levada.api.media.Packet>();
        for (int i = 0; i < 100; i++) {
            var packet = i % 10 == 0 ? packets.keyframe(megabyte) : packets.delta(megabyte);
            preroll.add(packet);
            all.add(packet);
        }
        long held =
                all.stream().filter(packet -> packet.memory().references() > 1).count();
        assertTrue(held > 50 && held * megabyte.length <= Preroll.MOST_BYTES, held + " MB");
        assertTrue(preroll.first().keyframe());
        preroll.clear();
        all.forEach(packet -> packet.release());
    }

    @Test
    void whatCantBeIsRefusedByName() {
        var roll = assertThrows(StageException.class, () -> open("pre-roll", "2 h"));
        assertEquals("pre-roll", roll.parameter().orElseThrow());
        assertEquals(
                "hold",
                assertThrows(StageException.class, () -> open("hold", "long"))
                        .parameter()
                        .orElseThrow());
        try (var stage = opened()) {
            var refused = assertThrows(StageException.class, () -> stage.control("open", "ten"));
            assertTrue(refused.getMessage().contains("'ten' is not a duration"), refused.getMessage());
            assertThrows(StageException.class, () -> stage.control("close", "10 s"));
            assertEquals("closed, as events say", stage.control("auto"), "nothing has changed");
        }
    }
}
