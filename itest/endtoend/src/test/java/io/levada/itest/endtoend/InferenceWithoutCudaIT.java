/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.itest.Await;
import io.levada.itest.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A node from which somebody took CUDA's bundles away, which is none's business who has no GPU: models run on the CPU. */
class InferenceWithoutCudaIT {

    private static final Duration SOON = Duration.ofMinutes(2);

    @Test
    void modelsRunOnTheCpuAndSayWhy() throws IOException {
        var node = NodeProcess.run(Nodes.home(InferenceWithoutCudaIT.class)).option("-Dlevada.leaks=all");
        try (var jars = Files.newDirectoryStream(node.home().resolve("bundles"), "io.levada.cuda*")) {
            for (var jar : jars) {
                Files.delete(jar);
            }
        }
        node.start();
        try {
            node.deploy(
                    "without",
                    """
                    in.type      = source.media
                    in.url       = examples/models/shapes.mp4
                    in.loop      = true
                    decode.type  = decoder
                    decode.from  = in:video
                    detect.type  = analyzer.onnx
                    detect.from  = decode
                    detect.model = examples/models/shapes.onnx
                    log.type     = sink.events
                    log.from     = detect
                    log.path     = data/without.jsonl
                    """);
            node.awaitState("without", "RUNNING", SOON);
            var file = node.data().resolve("without.jsonl");
            Await.until("things are found", SOON, () -> Files.exists(file) && found(file) > 10);
            var status = node.pipeline("without").toString();
            assertTrue(status.contains("on the CPU ("), status);
            assertTrue(status.contains("\"device\":-1"), status);
        } finally {
            node.terminate();
        }
        assertFalse(node.log().contains("NoClassDefFoundError"), node.log());
        assertFalse(node.log().contains("LEAK"), node.log());
    }

    private static long found(Path file) {
        try {
            return Files.readString(file)
                    .lines()
                    .filter(line -> line.contains("\"label\":\"triangle\""))
                    .count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
