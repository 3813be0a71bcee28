/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.sink.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.levada.api.media.Event;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.Point;
import io.levada.api.media.Region;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.StageException;
import io.levada.testkit.Accepts;
import io.levada.testkit.Frames;
import io.levada.testkit.StageHarness;
import io.levada.testkit.StageTck;
import io.levada.testkit.Stamps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventsSinkTest {

    @TempDir
    Path home;

    private StageHarness open(Map<String, String> parameters) {
        return StageHarness.with(new EventsSink())
                .parameters(parameters)
                .home(home)
                .inputs("motion:data")
                .open();
    }

    private static Event event(long pts, String text) {
        return Event.about(Stamps.at(new TimeBase(1, 25), pts))
                .subject("motion")
                .region(new Region("car", 0.81, 0.1, 0.25, 1 / 3.0, 0.125))
                .put("moving", true)
                .put("count", 3)
                .put("level", 0.5)
                .put("text", text)
                .build();
    }

    private List<JsonNode> lines(String file) throws IOException {
        var mapper = new ObjectMapper();
        try (var lines = Files.lines(home.resolve(file))) {
            return lines.map(line -> {
                        try {
                            return mapper.readTree(line);
                        } catch (IOException e) {
                            throw new AssertionError(line, e);
                        }
                    })
                    .toList();
        }
    }

    @Test
    void keepsTheStageContract() {
        StageTck.verify(
                EventsSink::new,
                Accepts.events(),
                Accepts.events().with(Accepts.events()).parameters(Map.of("path", home + "/contract.jsonl")));
    }

    @Test
    void aRegionHasItsTrackAndOutlineWhereThereAreAny() throws IOException {
        var corners = List.of(new Point(0, 0.5), new Point(1, 0.5), new Point(0.5, 1));
        var region = Region.outlined("yard", 1, corners).tracked(7);
        try (var stage = open(Map.of("path", "data/events.jsonl"))) {
            stage.feed(Event.about(Stamps.at(new TimeBase(1, 25), 0))
                    .region(region)
                    .build());
            assertEquals(
                    "[{\"label\":\"yard\",\"score\":1.0,\"x\":0.0,\"y\":0.5,\"width\":1.0,\"height\":0.5,"
                            + "\"track\":7,\"outline\":[[0.0,0.5],[1.0,0.5],[0.5,1.0]]}]",
                    lines("data/events.jsonl").get(0).get("regions").toString());
        }
    }

    @Test
    void anEventIsALineOfJson() throws IOException {
        try (var stage = open(Map.of("path", "data/events.jsonl"))) {
            stage.feed(event(26, "a \"quoted\" word\nand umlauts: äöü"));
            var line = lines("data/events.jsonl").get(0);
            assertEquals("2026-01-01T00:00:01.040Z", line.get("time").asText());
            assertEquals(Stamps.SOURCE, line.get("source").asText());
            assertEquals(0, line.get("epoch").asInt());
            assertEquals(26, line.get("pts").asLong());
            assertEquals(1.04, line.get("running").asDouble());
            assertEquals("motion", line.get("subject").asText());
            assertEquals(
                    "[{\"label\":\"car\",\"score\":0.81,\"x\":0.1,\"y\":0.25,\"width\":0.33333,\"height\":0.125}]",
                    line.get("regions").toString());
            assertEquals(List.of("moving", "count", "level", "text"), names(line.get("values")));
            assertTrue(line.get("values").get("moving").isBoolean());
            assertEquals(
                    "a \"quoted\" word\nand umlauts: äöü",
                    line.get("values").get("text").asText());
            assertEquals(1, stage.gauge("events"));
        }
    }

    private static List<String> names(JsonNode node) {
        var names = new ArrayList<String>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void withoutAFileEventsGoToTheLogUnderTheStagesName() throws IOException {
        try (var stage = StageHarness.with(new EventsSink())
                .named("lobby", "log")
                .inputs("motion:data")
                .open()) {
            stage.feed(event(7, "to the log"));
        }
        try (var lines = Files.lines(Path.of("target/test.log"))) {
            assertTrue(lines.anyMatch(line -> line.contains("lobby/log {\"time\"") && line.contains("to the log")));
        }
    }

    @Test
    void theTimeIsInTheZoneThatIsAskedFor() throws IOException {
        try (var stage = open(Map.of("path", "events.jsonl", "zone", "+05:30"))) {
            stage.feed(event(0, ""));
        }
        assertEquals(
                "2026-01-01T05:30:00.000+05:30",
                lines("events.jsonl").get(0).get("time").asText());
    }

    @Test
    void whatIsNoNumberBecomesNull() throws IOException {
        try (var stage = open(Map.of("path", "events.jsonl"))) {
            stage.feed(Event.about(Stamps.at(TimeBase.MILLIS, 0))
                    .put("level", Double.NaN)
                    .build());
        }
        assertTrue(lines("events.jsonl").get(0).get("values").get("level").isNull());
    }

    @Test
    void aFileThatIsThereIsAppendedTo() throws IOException {
        for (int i = 0; i < 2; i++) {
            try (var stage = open(Map.of("path", "events.jsonl"))) {
                stage.feed(event(i, ""));
            }
        }
        assertEquals(
                List.of(0L, 1L),
                lines("events.jsonl").stream()
                        .map(line -> line.get("pts").asLong())
                        .toList());
    }

    @Test
    void aFullFileIsKeptUnderANumberAndTheOldestIsDeleted() throws IOException {
        try (var stage = open(Map.of("path", "events.jsonl", "max-size", "2 kB", "max-files", "2"))) {
            for (int i = 0; i < 60; i++) {
                stage.feed(event(i, ""));
            }
        }
        try (var files = Files.list(home)) {
            assertEquals(
                    List.of("events.jsonl", "events.jsonl.1", "events.jsonl.2"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
        long expected = 59;
        for (var file : List.of("events.jsonl", "events.jsonl.1", "events.jsonl.2")) {
            assertTrue(Files.size(home.resolve(file)) <= 2000);
            var lines = lines(file);
            for (int i = lines.size() - 1; i >= 0; i--) {
                assertEquals(expected--, lines.get(i).get("pts").asLong());
            }
        }
    }

    @Test
    void changedParametersAreTakenWithoutALostLine() throws IOException {
        try (var stage = open(Map.of("path", "one.jsonl"))) {
            stage.feed(event(0, ""));
            assertTrue(stage.reconfigure(Map.of("path", "two.jsonl")));
            stage.feed(event(1, ""));
            assertThrows(StageException.class, () -> stage.reconfigure(Map.of("path", "two.jsonl", "zone", "Nowhere")));
            stage.feed(event(2, ""));
        }
        assertEquals(1, lines("one.jsonl").size());
        assertEquals(2, lines("two.jsonl").size());
    }

    @Test
    void aFolderInThePlaceOfTheFileIsNamed() throws IOException {
        Files.createDirectory(home.resolve("data"));
        var error = assertThrows(StageException.class, () -> open(Map.of("path", "data")));
        assertEquals(StageException.Kind.INVALID, error.kind());
        assertEquals("path", error.parameter().orElseThrow());
        assertTrue(error.getMessage().contains("data is a folder"), error.getMessage());
    }

    @Test
    void aFileThatCantBeMadeIsTriedAgain() throws IOException {
        Files.createFile(home.resolve("plain"));
        var error = assertThrows(StageException.class, () -> open(Map.of("path", "plain/events.jsonl")));
        assertEquals(StageException.Kind.RETRY, error.kind());
        assertTrue(error.getMessage().contains("plain/events.jsonl"), error.getMessage());
        assertTrue(error.remedy().isPresent());
    }

    @Test
    void aFullDiskIsSaid() {
        var full = Path.of("/dev/full");
        assumeTrue(Files.exists(full));
        var stage = open(Map.of("path", full.toString()));
        var error = assertThrows(StageException.class, () -> stage.feed(event(0, "")));
        assertTrue(error.getMessage().contains("No space left"), error.getMessage());
        stage.close();
    }

    @Test
    void aSizeThatIsNoneIsRefused() {
        var error = assertThrows(StageException.class, () -> open(Map.of("path", "e", "max-size", "ten")));
        assertEquals("max-size", error.parameter().orElseThrow());
        assertThrows(StageException.class, () -> open(Map.of("path", "e", "max-size", "10 B")));
        assertFalse(Files.exists(home.resolve("e")));
    }

    @Test
    void picturesAreRefused() {
        try (var stage = open(Map.of())) {
            var error =
                    assertThrows(StageException.class, () -> stage.feed(Frames.format(64, 48, PixelFormat.YUV420P)));
            assertTrue(error.getMessage().contains("takes events"), error.getMessage());
        }
    }
}
