/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu.node;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.levada.itest.Await;
import io.levada.itest.NodeProcess;
import io.levada.itest.Scrape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** A file that names no device finds the same things on the card and without one, and the node tells which way it took. */
final class SameFile {

    private static final Duration SOON = Duration.ofSeconds(90);
    private static final int PICTURES = 200;
    private static final String FILE =
            """
            in.type       = source.media
            in.url        = examples/models/shapes.mp4
            in.loop       = true
            decode.type   = decoder
            decode.from   = in:video
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
            log.path      = data/found.jsonl
            """;

    private final NodeProcess node;
    private final Stages stages;

    SameFile(Stages stages, Path home) {
        this.node = NodeView.process(home);
        this.stages = stages;
    }

    String run() {
        try (node) {
            node.start();
            node.deploy("found", FILE);
            node.awaitState("found", "RUNNING", SOON);
            Await.until("pictures are understood", SOON, () -> events().size() >= PICTURES);
            boolean gpu = stages == Stages.GPU;
            var way = new ArrayList<String>();
            way.add(filled("decode", gpu ? "decoder.cuda" : "decoder.ffmpeg"));
            way.add(filled("tensor", gpu ? "gpu.tensor" : "cpu.tensor"));
            var detect = node.stage("found", "detect");
            way.add("detect, " + detect.path("gauges"));
            var metrics = Scrape.of(node);
            if (metrics.has("levada_stage_figure", "stage", "tensor", "figure", "device") != gpu) {
                throw new AssertionError("/metrics do not tell the way: " + metrics);
            }
            long right =
                    events().stream().limit(PICTURES).filter(SameFile::right).count();
            if (right < 0.95 * PICTURES) {
                throw new AssertionError(right + " of " + PICTURES + " pictures were understood");
            }
            return right + " of " + PICTURES + " pictures understood; " + String.join("; ", way);
        }
    }

    private String filled(String name, String implementation) {
        var stage = node.stage("found", name);
        if (!stage.path("implementation").asText().equals(implementation)) {
            throw new AssertionError(stage);
        }
        var device = stage.path("gauges").path("device");
        return name + ": " + implementation + (device.isMissingNode() ? "" : " on GPU " + device);
    }

    private List<String> events() {
        var file = node.data().resolve("found.jsonl");
        try {
            var text = Files.exists(file) ? Files.readString(file) : "";
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether one of each shape was found. */
    private static boolean right(String event) {
        try {
            var labels = new ArrayList<String>();
            new ObjectMapper()
                    .readTree(event)
                    .path("regions")
                    .forEach(region -> labels.add(region.path("label").asText()));
            return labels.size() == 3
                    && new TreeSet<>(labels).equals(new TreeSet<>(List.of("circle", "square", "triangle")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
