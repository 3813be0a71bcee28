/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.levada.itest.FFmpegProgram;
import io.levada.itest.NodeProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The cars of a real clip, from the picture to the count. */
@Execution(ExecutionMode.SAME_THREAD)
class TrackingIT {

    private static final String PIPELINE =
            """
            cam.type     = source.media
            cam.url      = media/car-detection.mp4
            cam.pace     = fast
            decode.type  = decoder
            decode.from  = cam:video
            motion.type  = analyzer.motion
            motion.from  = decode
            track.type   = analyzer.track
            track.from   = motion
            count.type   = analyzer.zone
            count.from   = track
            count.anchor = center
            count.lines  = street: 0.02,0.5 0.98,0.5
            count.zones  = left: 0.02,0.02 0.35,0.02 0.35,0.98 0.02,0.98
            events.type  = sink.events
            events.from  = track, count
            events.path  = data/cars.jsonl
            boxes.type   = filter.overlay
            boxes.from   = decode, track, count
            encode.type  = encoder
            encode.from  = boxes
            encode.codec = h264
            file.type    = muxer.file
            file.from    = encode
            file.path    = data/cars.mkv
            """;

    /** A white car drives up, a green one down and a red one up at the same time, and another white one down. */
    @Test
    void fourCarsAreFollowedAndCountedTwoInEachDirection() throws IOException {
        try (var node = NodeProcess.run(Nodes.home(TrackingIT.class))
                .option("-Dlevada.leaks=all")
                .start()) {
            node.deploy("cars", PIPELINE);
            node.awaitState("cars", "ENDED", Duration.ofMinutes(2));
            var events = events(node.data().resolve("cars.jsonl"));

            var crossings = of(events, "line-crossed");
            assertEquals(
                    List.of("in", "in", "out", "out"),
                    crossings.stream()
                            .map(event -> event.at("/values/direction").asText())
                            .sorted()
                            .toList());
            assertEquals(4, tracks(crossings).size(), "each under a number of its own");
            assertEquals(2, crossings.get(3).at("/values/in").asLong());
            assertEquals(2, crossings.get(3).at("/values/out").asLong());

            var started = tracks(of(events, "track-started"));
            assertTrue(started.size() >= 4 && started.size() <= 8, started.toString());
            assertEquals(started, tracks(of(events, "track-ended")), "what has begun has ended, the clip is over");
            assertTrue(started.containsAll(tracks(crossings)));

            var entered = of(events, "zone-entered");
            assertEquals(tracks(entered), tracks(of(events, "zone-left")));
            assertTrue(entered.size() >= 2, "the green and the last car drive on the left");

            assertEquals(
                    377,
                    FFmpegProgram.frameHashes(node.data().resolve("cars.mkv")).size());
            node.terminate();
            assertFalse(node.log().contains("LEAK"), node.log());
        }
    }

    private static List<JsonNode> events(Path file) throws IOException {
        var mapper = new ObjectMapper();
        var events = new ArrayList<JsonNode>();
        try (var lines = Files.lines(file)) {
            lines.forEach(line -> {
                try {
                    events.add(mapper.readTree(line));
                } catch (IOException e) {
                    throw new UncheckedIOException(line, e);
                }
            });
        }
        return events;
    }

    private static List<JsonNode> of(List<JsonNode> events, String subject) {
        return events.stream()
                .filter(event -> event.get("subject").asText().equals(subject))
                .toList();
    }

    private static HashSet<Long> tracks(List<JsonNode> events) {
        var tracks = new HashSet<Long>();
        events.forEach(event -> tracks.add(event.at("/regions/0/track").asLong()));
        return tracks;
    }
}
