/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.zone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Event;
import io.levada.api.media.EventFormat;
import io.levada.api.media.Flush;
import io.levada.api.media.Region;
import io.levada.api.media.Stamp;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.StageException;
import io.levada.testkit.Accepts;
import io.levada.testkit.StageHarness;
import io.levada.testkit.StageTck;
import io.levada.testkit.Stamps;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten pictures a second; a thing stands at the bottom of its box. */
class ZoneAnalyzerTest {

    private static final TimeBase TIME = new TimeBase(1, 10);

    /** The right half of the picture. */
    private static final String YARD = "yard: 0.5,0 1,0 1,1 0.5,1";

    /** Across the middle, not up to the edges. */
    private static final String GATE = "gate: 0.2,0.5 0.8,0.5";

    @TempDir
    Path home;

    private long picture;

    private static Map<String, String> parameters(String... parameters) {
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < parameters.length; i += 2) {
            all.put(parameters[i], parameters[i + 1]);
        }
        return all;
    }

    private static StageHarness open(String... parameters) {
        return StageHarness.of(new ZoneAnalyzer(), parameters(parameters)).feed(new EventFormat(TIME));
    }

    private static Stamp at(int epoch, long picture) {
        return Stamps.at(Stamps.SOURCE, epoch, TIME, picture);
    }

    /** A thing of which the anchor is at a place. */
    private static Region thing(String label, long track, double x, double y) {
        return new Region(label, 0.9, x - 0.05, y - 0.2, 0.1, 0.2).tracked(track);
    }

    private static Region car(double x, double y) {
        return thing("car", 1, x, y);
    }

    /** The next picture. */
    private void see(StageHarness stage, Region... regions) {
        var event = Event.about(at(0, picture++)).subject("track");
        for (var region : regions) {
            event.region(region);
        }
        stage.feed(event.build());
    }

    private void see(StageHarness stage, int times, Region... regions) {
        for (int i = 0; i < times; i++) {
            see(stage, regions);
        }
    }

    /** Pictures in which nothing is found. */
    private void pass(StageHarness stage, int pictures) {
        picture += pictures;
        stage.advance(at(0, picture - 1));
    }

    private void ended(StageHarness stage, Region region) {
        stage.feed(Event.about(at(0, picture))
                .subject("track-ended")
                .region(region)
                .build());
    }

    /** What happened, without the reports. */
    private static List<Event> happened(StageHarness stage) {
        return stage.events().list().stream()
                .filter(event -> !event.subject().equals("zones"))
                .toList();
    }

    private static List<String> subjects(StageHarness stage) {
        return happened(stage).stream().map(Event::subject).toList();
    }

    private static List<Event> reports(StageHarness stage) {
        return stage.events().list().stream()
                .filter(event -> event.subject().equals("zones"))
                .toList();
    }

    @Test
    void keepsTheStageContract() {
        StageTck.verify(
                ZoneAnalyzer::new,
                Accepts.events().parameters(parameters("zones", YARD, "lines", GATE, "dwell", "1 s")));
    }

    @Test
    void whoComesInAndGoesOutEntersAndLeaves() {
        try (var stage = open("zones", YARD)) {
            see(stage, 5, car(0.3, 0.5));
            see(stage, 20, car(0.7, 0.5));
            see(stage, 5, car(0.3, 0.5));
            assertEquals(List.of("zone-entered", "zone-left"), subjects(stage));
            var entered = happened(stage).get(0);
            assertEquals(car(0.7, 0.5), entered.regions().get(0));
            assertEquals("yard", entered.values().get("zone"));
            assertEquals(1, entered.number("current"));
            assertEquals(1, entered.number("entered"));
            assertEquals(at(0, 8), entered.stamp(), "300 ms after it came in");
            var left = happened(stage).get(1);
            assertEquals(2.0, left.number("seconds"), 1e-9);
            assertEquals(0, left.number("current"));
            assertEquals(Map.of("yard", 0L, "yard-entered", 1L, "yard-left", 1L), stage.gauges());
        }
    }

    @Test
    void aBoxThatShakesOnTheBorderNeitherEntersNorLeaves() {
        try (var stage = open("zones", YARD)) {
            for (int i = 0; i < 50; i++) {
                see(stage, car(i % 2 == 0 ? 0.49 : 0.51, 0.5));
            }
            assertEquals(List.of(), subjects(stage));
            see(stage, 10, car(0.6, 0.5));
            for (int i = 0; i < 50; i++) {
                see(stage, car(i % 2 == 0 ? 0.49 : 0.51, 0.5));
            }
            assertEquals(List.of("zone-entered"), subjects(stage));
        }
    }

    @Test
    void theAnchorSaysWhereAThingIs() {
        for (var anchor : List.of("bottom", "center", "top")) {
            picture = 0;
            try (var stage = open("zones", "low: 0,0.5 1,0.5 1,1 0,1", "anchor", anchor)) {
                see(stage, 5, new Region("car", 0.9, 0.4, 0.35, 0.1, 0.2).tracked(1)); // from 0.35 to 0.55
                assertEquals(anchor.equals("bottom") ? 1 : 0, happened(stage).size(), anchor);
            }
        }
    }

    @Test
    void whatStandsOnThePicturesEdgeIsInAZoneThatReachesIt() {
        try (var stage = open("zones", YARD)) {
            see(stage, 5, new Region("car", 0.9, 0.95, 0.9, 0.1, 0.2).tracked(1));
            assertEquals(List.of("zone-entered"), subjects(stage));
        }
    }

    @Test
    void whoStaysForLongDwellsOnceAStay() {
        try (var stage = open("zones", YARD, "dwell", "2 s")) {
            see(stage, 60, car(0.7, 0.5));
            assertEquals(List.of("zone-entered", "zone-dwell"), subjects(stage));
            assertEquals(at(0, 20), happened(stage).get(1).stamp());
            assertEquals(2.0, happened(stage).get(1).number("seconds"), 1e-9);
            see(stage, 10, car(0.2, 0.5));
            see(stage, 30, car(0.7, 0.5));
            assertEquals(
                    List.of("zone-entered", "zone-dwell", "zone-left", "zone-entered", "zone-dwell"), subjects(stage));
        }
    }

    @Test
    void whoIsNotSeenDwellsOnUntilItIsLost() {
        try (var stage = open("zones", YARD, "dwell", "2 s", "lost", "5 s")) {
            see(stage, 5, car(0.7, 0.5));
            pass(stage, 20);
            assertEquals(List.of("zone-entered", "zone-dwell"), subjects(stage));
            pass(stage, 40);
            assertEquals(List.of("zone-entered", "zone-dwell", "zone-left"), subjects(stage));
            assertEquals(0.4, happened(stage).get(2).number("seconds"), 1e-9, "up to when it was seen");
        }
    }

    @Test
    void aTrackThatEndsLeaves() {
        try (var stage = open("zones", YARD)) {
            see(stage, 5, car(0.7, 0.5));
            ended(stage, car(0.7, 0.5));
            assertEquals(List.of("zone-entered", "zone-left"), subjects(stage));
        }
    }

    @Test
    void aLineIsCrossedInAndOut() {
        try (var stage = open("lines", GATE)) {
            see(stage, 5, car(0.5, 0.4));
            see(stage, 5, car(0.5, 0.6));
            see(stage, 5, car(0.5, 0.4));
            assertEquals(List.of("line-crossed", "line-crossed"), subjects(stage));
            var in = happened(stage).get(0);
            assertEquals("in", in.values().get("direction"));
            assertEquals("gate", in.values().get("line"));
            assertEquals(1, in.number("in"));
            assertEquals(0, in.number("out"));
            assertEquals(1, in.regions().get(0).track());
            assertEquals("out", happened(stage).get(1).values().get("direction"));
            assertEquals(Map.of("gate-in", 1L, "gate-out", 1L), stage.gauges());
        }
    }

    @Test
    void touchingALineIsNoCrossing() {
        try (var stage = open("lines", GATE, "settle", "0")) {
            see(stage, 5, car(0.5, 0.4));
            see(stage, 5, car(0.5, 0.5)); // on it
            see(stage, 5, car(0.5, 0.4));
            assertEquals(List.of(), subjects(stage));
            see(stage, 5, car(0.5, 0.5));
            see(stage, 5, car(0.5, 0.6));
            assertEquals(List.of("line-crossed"), subjects(stage), "from the line it may go on");
        }
    }

    @Test
    void goingBackAndForthIsNoCrossing() {
        try (var stage = open("lines", GATE)) {
            for (int i = 0; i < 50; i++) {
                see(stage, car(0.5, i % 2 == 0 ? 0.49 : 0.51));
            }
            see(stage, 10, car(0.5, 0.4));
            assertEquals(List.of(), subjects(stage));
        }
    }

    @Test
    void goingRoundALineIsNoCrossing() {
        try (var stage = open("lines", GATE)) {
            see(stage, 5, car(0.1, 0.4));
            see(stage, 5, car(0.1, 0.6));
            see(stage, 5, car(0.5, 0.6));
            assertEquals(List.of(), subjects(stage));
            see(stage, 5, car(0.5, 0.4));
            assertEquals("out", happened(stage).get(0).values().get("direction"));
        }
    }

    @Test
    void aFastThingCrossesThoughItWasNeverSeenNearTheLine() {
        try (var stage = open("lines", GATE)) {
            see(stage, car(0.5, 0.25));
            see(stage, car(0.5, 0.95));
            ended(stage, car(0.5, 0.95));
            assertEquals(
                    List.of("line-crossed"), subjects(stage), "it left the picture before the crossing had settled");
        }
    }

    @Test
    void whatIsCountedIsCountedByLabelToo() {
        try (var stage = open("lines", GATE)) {
            see(stage, 5, thing("car", 1, 0.4, 0.4), thing("bus", 2, 0.6, 0.4), thing("car", 3, 0.7, 0.4));
            see(stage, 5, thing("car", 1, 0.4, 0.6), thing("bus", 2, 0.6, 0.6), thing("car", 3, 0.7, 0.6));
            var report = reports(stage).get(reports(stage).size() - 1);
            assertEquals(3, report.number("gate.in"));
            assertEquals(2, report.number("gate.in.car"));
            assertEquals(1, report.number("gate.in.bus"));
            assertEquals(0, report.number("gate.out"));
        }
    }

    @Test
    void onlyTheLabelsThatAreNamedAreWatched() {
        try (var stage = open("zones", YARD, "labels", "car, truck")) {
            see(stage, 10, thing("person", 1, 0.7, 0.5), thing("truck", 2, 0.8, 0.5));
            assertEquals(2, happened(stage).get(0).regions().get(0).track());
            assertEquals(1, happened(stage).size());
        }
    }

    @Test
    void whatNobodyFollowsIsNotWatched() {
        try (var stage = open("zones", YARD)) {
            see(stage, 10, thing("car", Region.NO_TRACK, 0.7, 0.5));
            assertEquals(List.of(), subjects(stage));
        }
    }

    @Test
    void aReportHasAllShapesAndCountsAndSaysHowLongItHolds() {
        try (var stage = open("zones", YARD, "lines", GATE, "report", "2 s")) {
            see(stage, car(0.3, 0.4));
            var report = reports(stage).get(0);
            assertEquals(
                    List.of("yard 0", "gate in 0 out 0"),
                    report.regions().stream().map(Region::label).toList());
            assertEquals(4, report.regions().get(0).outline().size());
            assertEquals(25, report.duration(), "until the next, and half a second");
            pass(stage, 19);
            assertEquals(1, reports(stage).size());
            pass(stage, 1);
            assertEquals(2, reports(stage).size(), "though nothing happened");
            see(stage, 5, car(0.7, 0.4));
            var changed = reports(stage).get(2);
            assertEquals("yard 1", changed.regions().get(0).label());
            assertEquals(1, changed.number("yard"));
            assertEquals(1, changed.number("yard.entered.car"));
        }
    }

    @Test
    void itCanBeReshapedWhileItRunsAndCountsOn() {
        try (var stage = open("zones", YARD, "lines", GATE)) {
            see(stage, 5, car(0.7, 0.4));
            see(stage, 5, car(0.7, 0.6));
            assertTrue(stage.reconfigure(
                    parameters("zones", "yard: 0,0 0.5,0 0.5,1 0,1; new: 0.6,0 1,0 1,1", "lines", GATE)));
            stage.clear();
            see(stage, 5, car(0.7, 0.6));
            assertEquals(List.of("zone-left"), subjects(stage), "the yard lies elsewhere now");
            see(stage, 5, car(0.7, 0.4));
            assertEquals(1, stage.gauge("gate-in"));
            assertEquals(1, stage.gauge("gate-out"));
            assertEquals(1, stage.gauge("yard-entered"));
        }
    }

    @Test
    void aShapeThatCannotBeIsRefusedAndAllStaysAsItWas() {
        try (var stage = open("zones", YARD)) {
            assertThrows(StageException.class, () -> stage.reconfigure(parameters("zones", "yard: 0,0")));
            see(stage, 5, car(0.7, 0.4));
            assertEquals(List.of("zone-entered"), subjects(stage));
        }
        assertThrows(StageException.class, () -> open("zones", YARD, "report", "10 ms"));
        assertThrows(StageException.class, () -> open("zones", YARD, "dwell", "soon"));
    }

    @Test
    void whenTheStreamBeginsAnewAllHaveLeft() {
        try (var stage = open("zones", YARD)) {
            see(stage, 5, car(0.7, 0.4));
            stage.clear();
            stage.feed(new Flush(1));
            assertTrue(stage.events().isEmpty());
            stage.advance(at(1, 100));
            var left = happened(stage).get(0);
            assertEquals("zone-left", left.subject());
            assertEquals(at(1, 100), left.stamp());
        }
    }

    @Test
    void atTheEndAllHaveLeft() {
        try (var stage = open("zones", YARD)) {
            see(stage, 5, car(0.7, 0.4));
            stage.end();
            assertEquals(List.of("zone-entered", "zone-left"), subjects(stage));
        }
    }

    @Test
    void countsCanBeSetAndReset() {
        try (var stage = open("zones", YARD, "lines", GATE)) {
            see(stage, 5, car(0.7, 0.4));
            see(stage, 5, car(0.7, 0.6));
            assertEquals("yard 1, gate in 120 out 3", stage.control("set", "gate", "120", "3"));
            see(stage, 5, car(0.7, 0.4));
            assertEquals(4, stage.gauge("gate-out"));
            assertEquals("yard 1, gate in 0 out 0", stage.control("reset", "gate"));
            assertEquals(1, stage.gauge("yard-entered"));
            stage.control("reset");
            assertEquals(0, stage.gauge("yard-entered"));
            assertEquals(1, stage.gauge("yard"), "it is still there");
            var unknown = assertThrows(StageException.class, () -> stage.control("reset", "gaet"));
            assertEquals("there are yard, gate", unknown.remedy().orElseThrow());
            assertThrows(StageException.class, () -> stage.control("set", "gate", "many", "0"));
        }
    }

    @Test
    void whatIsFullIsToldOnceAndWhenThereIsRoomAgain() {
        try (var stage = open("zones", YARD, "lines", GATE, "capacity", "yard: 2; gate: 120")) {
            see(stage, 5, car(0.7, 0.4), thing("car", 2, 0.6, 0.4), thing("car", 3, 0.2, 0.4));
            see(stage, 5, car(0.7, 0.4), thing("car", 2, 0.6, 0.4), thing("car", 3, 0.55, 0.4));
            see(stage, 5, car(0.7, 0.4), thing("car", 2, 0.2, 0.4), thing("car", 3, 0.2, 0.4));
            var told = happened(stage).stream()
                    .filter(event -> event.values().containsKey("capacity"))
                    .map(event -> event.subject() + " " + event.values())
                    .toList();
            assertEquals(
                    List.of(
                            "zone-full {zone=yard, current=2, capacity=2}",
                            "zone-free {zone=yard, current=1, capacity=2}"),
                    told);
            stage.clear();
            stage.control("set", "gate", "200", "80");
            see(stage, 1);
            assertEquals(
                    "zone-full {zone=gate, current=120, capacity=120}",
                    stage.events().first().subject() + " "
                            + stage.events().first().values());
        }
        for (var wrong : List.of("yard", "yard: many", "yard: 0", "yrad: 5", "yard: 1; yard: 2")) {
            var refused = assertThrows(StageException.class, () -> open("zones", YARD, "capacity", wrong));
            assertEquals("capacity", refused.parameter().orElseThrow(), wrong);
        }
    }

    @Test
    void countsAreKeptInAFileOverARestart() throws Exception {
        var file = home.resolve("data/counts/gate.txt");
        for (int run = 1; run <= 2; run++) {
            picture = 0;
            try (var stage = atHome("lines", GATE, "keep", "data/counts/gate.txt")) {
                see(stage, 5, car(0.5, 0.4));
                see(stage, 15, car(0.5, 0.6));
                assertEquals(run, stage.gauge("gate-in"));
                assertEquals(List.of("gate.in = " + run, "gate.in.car = " + run), Files.readAllLines(file));
            }
        }
        Files.writeString(file, "# counted by hand\ngate.in = 70\n\n");
        try (var stage = atHome("lines", GATE, "keep", "data/counts/gate.txt")) {
            assertEquals(70, stage.gauge("gate-in"));
            stage.control("set", "gate", "0", "5");
            assertEquals(List.of("gate.in = 0", "gate.out = 5"), Files.readAllLines(file), "before anything comes");
        }
        assertEquals(List.of("gate.in = 0", "gate.out = 5"), Files.readAllLines(file));
    }

    @Test
    void aFileThatHoldsNoCountsIsRefusedAndNotWrittenOver() throws Exception {
        var file = home.resolve("notes.txt");
        Files.writeString(file, "buy milk\n");
        var refused = assertThrows(StageException.class, () -> atHome("lines", GATE, "keep", "notes.txt"));
        assertEquals(file + ": 'buy milk' is no count such as gate.in = 12", refused.getMessage());
        assertEquals("keep", refused.parameter().orElseThrow());
        assertEquals("buy milk\n", Files.readString(file));
    }

    @Test
    void whatIsNoFileIsRefusedWithoutTheAdviceToDeleteIt() throws Exception {
        for (var keep : List.of(".", "/dev/null")) {
            var refused = assertThrows(StageException.class, () -> atHome("lines", GATE, "keep", keep));
            assertTrue(refused.getMessage().endsWith(" is no file of counts"), refused::getMessage);
            assertEquals(
                    "name a file that the node may read and write, or one that is not there yet",
                    refused.remedy().orElseThrow());
        }
    }

    @Test
    void countsThatCannotBeWrittenAreWarnedOf() throws Exception {
        try (var stage = atHome("lines", GATE, "keep", "data/gate.txt")) {
            Files.writeString(home.resolve("data"), "a file where a folder should be");
            see(stage, 5, car(0.5, 0.4));
            see(stage, 15, car(0.5, 0.6));
            assertEquals(1, stage.gauge("gate-in"));
            assertTrue(stage.warnings().get(0).startsWith("the counts can't be kept in "), stage.warnings()::toString);
        }
    }

    private StageHarness atHome(String... parameters) {
        return StageHarness.with(new ZoneAnalyzer())
                .parameters(parameters(parameters))
                .home(home)
                .open()
                .feed(new EventFormat(TIME));
    }
}
