/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.levada.itest.Await;
import io.levada.itest.NodeProcess;
import io.levada.itest.Scrape;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What a node tells of its pipelines, whose last stage is called {@code null}. */
record NodeView(NodeProcess node) {

    /** For whatever takes seconds at most. */
    static final Duration SOON = Duration.ofSeconds(60);

    /** Lines of a pipeline that plays a clip over and over. */
    static final String CLIP = "cam.type = source.media\ncam.url = media/car-detection.mp4\ncam.loop = true\n";

    /** And decodes it, on the card where there is one. */
    static final String DECODED = CLIP + "decode.type = decoder\ndecode.from = cam:video\n";

    private static final Duration STATUS_PERIOD = Duration.ofMillis(200);
    private static final long LOOK_NANOS = 1_000_000_000L;

    /** A node that looks for changed files often and for leaks of every sample; it sees the cards that this process sees. */
    static NodeProcess process(Path home) {
        return NodeProcess.run(home).option("-Dlevada.leaks=all").option("-Dfelix.fileinstall.poll=50");
    }

    /** Its last stage. */
    static String end(String from) {
        return "null.type = sink.null\nnull.from = " + from + "\n";
    }

    /** Starts a pipeline and waits until pictures come to its end. */
    void play(String name, String text) {
        node.deploy(name, text);
        awaitPlaying(name);
    }

    void awaitPlaying(String... pipelines) {
        for (var pipeline : pipelines) {
            node.awaitState(pipeline, "RUNNING", SOON);
        }
        Await.value("pictures in all", SOON, () -> moving(pipelines), moving -> moving.size() == pipelines.length);
    }

    JsonNode awaitStage(String pipeline, String stage, Predicate<JsonNode> wanted) {
        return Await.value(pipeline + "/" + stage, SOON, STATUS_PERIOD, () -> node.stage(pipeline, stage), wanted);
    }

    /** Whether pictures come to the end of a pipeline now. */
    boolean moves(String pipeline) {
        return !moving(pipeline).isEmpty();
    }

    private List<String> moving(String... pipelines) {
        var before = Scrape.of(node);
        LockSupport.parkNanos(LOOK_NANOS);
        var now = Scrape.of(node);
        return Stream.of(pipelines)
                .filter(pipeline -> pictures(pipeline, now) > pictures(pipeline, before) + 2)
                .toList();
    }

    private static double pictures(String pipeline, Scrape scrape) {
        return scrape.sum("levada_stage_input_samples_total", "pipeline", pipeline, "stage", "null");
    }

    /** The index of the GPU that a stage works on; -1 for none. */
    int card(String pipeline, String stage) {
        return node.stage(pipeline, stage).path("gauges").path("device").asInt(-1);
    }
}
