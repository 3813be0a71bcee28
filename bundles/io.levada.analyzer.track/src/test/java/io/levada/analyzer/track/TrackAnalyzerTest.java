/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Event;
import io.levada.api.media.Flush;
import io.levada.api.media.Point;
import io.levada.api.media.Region;
import io.levada.api.media.Stamp;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.StageException;
import io.levada.testkit.Accepts;
import io.levada.testkit.StageHarness;
import io.levada.testkit.StageTck;
import io.levada.testkit.Stamps;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** 25 pictures a second; places and sizes in parts of the picture. */
class TrackAnalyzerTest {

    private static final TimeBase TIME = new TimeBase(1, 25);

    private static StageHarness open(String... parameters) {
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < parameters.length; i += 2) {
            all.put(parameters[i], parameters[i + 1]);
        }
        return StageHarness.of(new TrackAnalyzer(), all);
    }

    private static Stamp at(int epoch, long picture) {
        return Stamps.at(Stamps.SOURCE, epoch, TIME, picture);
    }

    private static Event event(int epoch, long picture, Region... regions) {
        var event = Event.about(at(epoch, picture)).subject("detect");
        for (var region : regions) {
            event.region(region);
        }
        return event.build();
    }

    private static Event event(long picture, Region... regions) {
        return event(0, picture, regions);
    }

    private static Region box(String label, double score, double x, double y) {
        return new Region(label, score, x, y, 0.1, 0.2);
    }

    private static Region car(double x, double y) {
        return box("car", 0.9, x, y);
    }

    /** The numbers in the last picture, in the order of their boxes from left to right. */
    private static List<Long> ids(StageHarness stage) {
        return pictures(stage).get(pictures(stage).size() - 1).regions().stream()
                .sorted((one, other) -> Double.compare(one.x(), other.x()))
                .map(Region::track)
                .toList();
    }

    private static List<Event> pictures(StageHarness stage) {
        return events(stage, "track");
    }

    private static List<Event> events(StageHarness stage, String subject) {
        return stage.events().list().stream()
                .filter(event -> event.subject().equals(subject))
                .toList();
    }

    @Test
    void keepsTheStageContract() {
        StageTck.verify(TrackAnalyzer::new, Accepts.events());
    }

    @Test
    void aThingKeepsItsNumberFromPictureToPicture() {
        try (var stage = open()) {
            for (int i = 0; i < 20; i++) {
                stage.feed(event(i, car(0.1 + 0.02 * i, 0.3)));
            }
            assertEquals(18, pictures(stage).size(), "from the third picture on");
            pictures(stage)
                    .forEach(picture -> assertEquals(1, picture.regions().get(0).track()));
            var last = pictures(stage).get(17);
            assertEquals(car(0.1 + 0.02 * 19, 0.3).tracked(1), last.regions().get(0), "the box as it was found");
            assertEquals(at(0, 19), last.stamp());
            assertEquals(1, last.number("tracks"));
            assertEquals(1, stage.gauge("visible"));
        }
    }

    @Test
    void aTrackStartsWithTheThirdPictureInARow() {
        try (var stage = open()) {
            stage.feed(event(0, car(0.1, 0.3)), event(1, car(0.1, 0.3)), event(2));
            stage.feed(event(3, car(0.1, 0.3)), event(4, car(0.1, 0.3)));
            assertTrue(stage.events().isEmpty(), "noise");
            stage.feed(event(5, car(0.1, 0.3)));
            assertEquals(List.of("track-started", "track"), subjects(stage));
            assertEquals(1, stage.events().first().regions().get(0).track());
        }
    }

    private static List<String> subjects(StageHarness stage) {
        return stage.events().list().stream().map(Event::subject).toList();
    }

    @Test
    void whatIsNotSeenForTheBuffersTimeHasEnded() {
        try (var stage = open("buffer", "1 s")) {
            for (int i = 0; i < 10; i++) {
                stage.feed(event(i, car(0.1, 0.3)));
            }
            stage.clear();
            stage.advance(at(0, 9 + 25));
            assertTrue(stage.events().isEmpty());
            stage.advance(at(0, 9 + 26));
            var ended = stage.events().single();
            assertEquals("track-ended", ended.subject());
            assertEquals(car(0.1, 0.3).tracked(1), ended.regions().get(0));
            assertEquals(9 / 25.0, ended.number("seconds"), 1e-9);
            assertEquals(10, ended.number("pictures"));
            assertEquals("lost", ended.values().get("reason"));
            assertEquals(at(0, 9 + 26), ended.stamp());
            assertEquals(0, stage.gauge("followed"));
        }
    }

    @Test
    void pathsThatCrossKeepTheirNumbers() {
        try (var stage = open()) {
            for (int i = 0; i <= 40; i++) {
                stage.feed(event(i, car(0.1 + 0.018 * i, 0.30), car(0.82 - 0.018 * i, 0.38)));
                if (i == 5) {
                    assertEquals(List.of(1L, 2L), ids(stage));
                }
            }
            assertEquals(List.of(2L, 1L), ids(stage));
        }
    }

    @Test
    void twoThatMeetAndPartAgainKeepTheirNumbers() {
        try (var stage = open()) {
            for (int i = 0; i <= 80; i++) {
                double apart = Math.max(0.06, 0.2 - 0.01 * Math.min(i, 80 - i));
                stage.feed(event(i, car(0.5 - apart, 0.3), car(0.5 + apart, 0.3)));
            }
            assertEquals(List.of(1L, 2L), ids(stage));
            assertEquals(2, events(stage, "track-started").size());
        }
    }

    @Test
    void whatIsHiddenForAWhileComesBackUnderItsNumber() {
        try (var stage = open()) {
            for (int i = 0; i < 60; i++) {
                boolean hidden = i >= 20 && i < 40;
                stage.feed(hidden ? event(i) : event(i, car(0.05 + 0.012 * i, 0.3)));
            }
            assertEquals(List.of(1L), ids(stage));
            assertEquals(1, events(stage, "track-started").size());
            assertEquals(0, events(stage, "track-ended").size());
        }
    }

    @Test
    void whatIsHalfHiddenGoesOnWithALowScoreButBeginsNothing() {
        try (var stage = open("buffer", "200 ms")) {
            for (int i = 0; i < 60; i++) {
                boolean half = i >= 10 && i < 50;
                stage.feed(
                        event(i, box("person", half ? 0.2 : 0.8, 0.2 + 0.005 * i, 0.3), box("person", 0.3, 0.8, 0.6)));
            }
            assertEquals(List.of(1L), ids(stage));
            assertEquals(58, pictures(stage).size());
            assertEquals(1, stage.gauge("started"));
        }
    }

    @Test
    void noiseBelowTheLowScoreIsNotLookedAt() {
        try (var stage = open()) {
            for (int i = 0; i < 20; i++) {
                stage.feed(event(i, box("person", i < 10 ? 0.8 : 0.05, 0.2, 0.3)));
            }
            assertEquals(List.of(), ids(stage));
            assertEquals(1, stage.gauge("followed"));
        }
    }

    @Test
    void anotherClassIsAnotherThingUnlessItMayBeTheSame() {
        for (boolean across : List.of(false, true)) {
            try (var stage = open("across-classes", "" + across)) {
                for (int i = 0; i < 20; i++) {
                    stage.feed(event(i, box(i < 10 || i > 15 ? "car" : "truck", 0.8, 0.2, 0.3)));
                }
                assertEquals(across ? 1 : 2, events(stage, "track-started").size());
                assertEquals("car", stage.events().last().regions().get(0).label());
            }
        }
    }

    @Test
    void aFastThingIsFollowedThoughItsBoxesHardlyTouch() {
        try (var stage = open()) {
            for (int i = 0; i < 7; i++) {
                stage.feed(event(i, car(0.01 + 0.08 * i, 0.3)));
            }
            assertEquals(List.of(1L), ids(stage));
            assertEquals(5, pictures(stage).size());
        }
    }

    @Test
    void anotherEpochEndsAllTracksAndNumbersGoOn() {
        try (var stage = open()) {
            for (int i = 0; i < 5; i++) {
                stage.feed(event(i, car(0.1, 0.3)));
            }
            stage.clear();
            for (int i = 10; i < 15; i++) {
                stage.feed(event(1, i, car(0.1, 0.3)));
            }
            var ended = events(stage, "track-ended").get(0);
            assertEquals("stream began anew", ended.values().get("reason"));
            assertEquals(1, ended.stamp().epoch());
            assertEquals(List.of(2L), ids(stage));
        }
    }

    @Test
    void aFlushEndsAllTracksWhichIsToldWithWhatFollows() {
        try (var stage = open()) {
            for (int i = 0; i < 5; i++) {
                stage.feed(event(i, car(0.1, 0.3)));
            }
            stage.clear();
            stage.feed(new Flush(1));
            assertTrue(stage.events().isEmpty());
            stage.advance(at(1, 10));
            assertEquals(1, stage.events().single().regions().get(0).track());
            assertEquals("stream began anew", stage.events().single().values().get("reason"));
        }
    }

    @Test
    void theEndOfTheStreamEndsAllTracks() {
        try (var stage = open()) {
            for (int i = 0; i < 5; i++) {
                stage.feed(event(i, car(0.1, 0.3), car(0.6, 0.3)));
            }
            stage.clear();
            stage.end();
            assertEquals(
                    List.of("stream ended", "stream ended"),
                    stage.events().list().stream()
                            .map(event -> event.values().get("reason"))
                            .toList());
        }
    }

    @Test
    void anEmptyPictureIsToldOnce() {
        try (var stage = open()) {
            for (int i = 0; i < 5; i++) {
                stage.feed(event(i, car(0.1, 0.3)));
            }
            stage.clear();
            stage.feed(event(5), event(6));
            assertEquals(List.of(), stage.events().single().regions());
        }
    }

    @Test
    void whatComesLateIsOfNoUse() {
        try (var stage = open()) {
            for (int i = 10; i < 15; i++) {
                stage.feed(event(i, car(0.1, 0.3)));
            }
            stage.clear();
            stage.feed(event(3, car(0.1, 0.3)));
            assertTrue(stage.events().isEmpty());
        }
    }

    @Test
    void theOutlineOfAFindStays() {
        var outline = List.of(new Point(0.1, 0.3), new Point(0.2, 0.3), new Point(0.15, 0.5));
        try (var stage = open("min-hits", "1")) {
            stage.feed(event(0, Region.outlined("kite", 0.9, outline)));
            assertEquals(outline, pictures(stage).get(0).regions().get(0).outline());
        }
    }

    @Test
    void moreFindsThanCanBeFollowedDoNoHarm() {
        try (var stage = open("min-hits", "1")) {
            for (int i = 0; i < 10; i++) {
                var event = Event.about(at(0, i));
                for (int n = 0; n < 3000; n++) {
                    event.region(new Region("dot", 0.5 + n / 10_000.0, n % 60 / 60.0, n / 60 / 50.0, 0.01, 0.01));
                }
                stage.feed(event.build());
            }
            assertEquals(256, stage.gauge("visible"));
        }
    }

    @Test
    void strangeBoxesDoNoHarm() {
        try (var stage = open("min-hits", "1")) {
            for (int i = 0; i < 10; i++) {
                stage.feed(event(
                        i,
                        new Region("odd", 0.9, Double.NaN, 0, 0.1, 0.1),
                        new Region("odd", 0.9, 0, 0, -1, 0.1),
                        new Region("odd", 0.9, 0, 0, Double.POSITIVE_INFINITY, 0.1),
                        new Region("odd", Double.NaN, 0, 0, 0.1, 0.1),
                        new Region("point", 0.9, 0.5, 0.5, 0, 0),
                        car(0.1, 0.3)));
            }
            assertEquals(
                    1,
                    pictures(stage).get(9).regions().stream()
                            .filter(region -> region.label().equals("car"))
                            .count());
            assertEquals(1, stage.gauge("started"), "what is no box is not followed");
        }
    }

    @Test
    void parametersChangeWhileItRuns() {
        try (var stage = open()) {
            for (int i = 0; i < 5; i++) {
                stage.feed(event(i, car(0.1, 0.3)));
            }
            assertTrue(stage.reconfigure(Map.of("buffer", "100 ms")));
            stage.advance(at(0, 8));
            assertEquals("track-ended", stage.events().last().subject());
        }
    }

    @Test
    void scoresThatCannotBeAreRefused() {
        var refused = assertThrows(StageException.class, () -> open("low-score", "0.7"));
        assertEquals("low-score = 0.7 is more than high-score = 0.5", refused.getMessage());
        assertEquals("low-score", refused.parameter().orElseThrow());
        assertThrows(StageException.class, () -> open("buffer", "long"));
    }
}
