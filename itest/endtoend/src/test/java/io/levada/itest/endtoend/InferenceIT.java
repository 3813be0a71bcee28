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
import io.levada.itest.Await;
import io.levada.itest.FFmpegProgram;
import io.levada.itest.FrameHashes;
import io.levada.itest.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Models in the packed node, on the clip of the examples, in which a circle, a square and a triangle move. */
@Execution(ExecutionMode.SAME_THREAD)
class InferenceIT {

    private static final Duration SOON = Duration.ofMinutes(2);
    private static final Duration RUN = Duration.ofMinutes(3);

    private static final String CLIP =
            """
            in.type      = source.media
            in.url       = examples/models/shapes.mp4
            in.pace      = fast
            decode.type  = decoder
            decode.from  = in:video
            """;

    private static NodeProcess node;

    @BeforeAll
    static void startNode() {
        node = NodeProcess.run(Nodes.home(InferenceIT.class))
                .option("-Dlevada.leaks=all")
                .start();
    }

    @AfterAll
    static void stopNode() {
        node.terminate();
        assertFalse(node.log().contains("LEAK"), node.log());
    }

    private static List<JsonNode> events(String file) {
        var events = new ArrayList<JsonNode>();
        try {
            var text = Files.readString(node.data().resolve(file));
            for (var line :
                    text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
                events.add(new ObjectMapper().readTree(line));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return events;
    }

    @Test
    void everyPictureOfAFileIsAnalysedAndDrawnOn() throws IOException {
        node.deploy(
                "draw",
                CLIP
                        + """
                        detect.type  = analyzer.onnx
                        detect.from  = decode
                        detect.model = examples/models/shapes.onnx
                        detect.score = 0.5
                        log.type     = sink.events
                        log.from     = detect
                        log.path     = data/draw.jsonl
                        boxes.type   = filter.overlay
                        boxes.from   = decode, detect
                        encode.type  = encoder
                        encode.from  = boxes
                        encode.codec = h264
                        out.type     = muxer.file
                        out.from     = encode
                        out.path     = data/draw.mp4
                        """);
        node.awaitState("draw", "ENDED", RUN);
        var events = events("draw.jsonl");
        assertEquals(200, events.size());
        int right = 0;
        for (var event : events) {
            var labels = new ArrayList<String>();
            event.path("regions")
                    .forEach(region -> labels.add(region.path("label").asText()));
            right += new TreeSet<>(labels).equals(new TreeSet<>(List.of("circle", "square", "triangle")))
                            && labels.size() == 3
                    ? 1
                    : 0;
        }
        assertTrue(right > 190, right + " of 200 pictures were understood");
        var file = node.data().resolve("draw.mp4").toString();
        assertEquals(
                200,
                FrameHashes.lines(FFmpegProgram.run("-i", file, "-f", "framecrc", "-"))
                        .size());
    }

    @Test
    void tensorsOfPicturesGiveTheSameFindingsWhoeverMakesThem() throws IOException {
        node.deploy(
                "tensors",
                CLIP
                        + """
                        tensor.type   = tensor
                        tensor.from   = decode
                        tensor.width  = 320
                        tensor.height = 320
                        detect.type   = analyzer.onnx
                        detect.from   = tensor
                        detect.model  = examples/models/shapes.onnx
                        detect.score  = 0.5
                        log.type      = sink.events
                        log.from      = detect
                        log.path      = data/tensors.jsonl
                        """);
        node.awaitState("tensors", "ENDED", RUN);
        var events = events("tensors.jsonl");
        assertEquals(200, events.size());
        var first = events.get(0).path("regions").get(0);
        assertTrue(first.path("y").asDouble() >= 0 && first.path("height").asDouble() > 0.2, first::toString);
    }

    @Test
    void anotherModelTakesOverAndABadOneDoesNot() throws IOException {
        var models = Files.createDirectories(node.home().resolve("data/models"));
        var shapes = node.home().resolve("examples/models/shapes.onnx");
        Files.copy(shapes, models.resolve("one.onnx"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(shapes, models.resolve("two.onnx"), StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(models.resolve("bad.onnx"), "This is no model.");
        var text = CLIP.replace("in.pace      = fast", "in.loop      = true")
                + """
                detect.type  = analyzer.onnx
                detect.from  = decode
                detect.model = data/models/one.onnx
                log.type     = sink.events
                log.from     = detect
                log.path     = data/live.jsonl
                """;
        node.deploy("live", text);
        node.awaitState("live", "RUNNING", SOON);
        awaitMoreEvents();
        node.deploy("live", text.replace("one.onnx", "bad.onnx"));
        Await.until("the bad model is refused", SOON, () -> node.log().contains("no ONNX model"));
        awaitMoreEvents();
        node.deploy("live", text.replace("one.onnx", "two.onnx"));
        Await.until(
                "the other one is at work",
                SOON,
                () -> node.pipeline("live").toString().contains("two.onnx")
                        || node.log().contains("two.onnx"));
        awaitMoreEvents();
        assertEquals("RUNNING", node.state("live"));
    }

    private static void awaitMoreEvents() {
        var file = node.data().resolve("live.jsonl");
        Await.until("events are written", SOON, () -> Files.exists(file));
        int before = events("live.jsonl").size();
        Await.until("more are", SOON, () -> events("live.jsonl").size() > before + 10);
    }
}
