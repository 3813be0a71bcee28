/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.itest.Await;
import io.levada.itest.NodeProcess;
import io.levada.itest.Scrape;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A node takes many pipelines, and can still be scraped. */
class MetricsOfManyPipelinesIT {

    private static final int PIPELINES = 200;

    /** What Prometheus waits for a scrape, unless it is told otherwise. */
    private static final double PATIENCE_SECONDS = 10;

    private static final Pattern RUNNING =
            Pattern.compile("(?m)^levada_pipeline_state\\{pipeline=\"many-\\d+\",state=\"RUNNING\"}");

    @Test
    void twoHundredPipelinesThatComeAtOnceAllRunAndAreToldOfInGoodTime() {
        try (var node =
                NodeProcess.run(Nodes.home(MetricsOfManyPipelinesIT.class)).start()) {
            for (int i = 0; i < PIPELINES; i++) {
                node.deploy(
                        "many-" + i,
                        """
                        cam.type  = source.test
                        cam.size  = 64x48
                        cam.rate  = 1
                        out.type  = sink.null
                        out.from  = cam:video
                        more.type = sink.null
                        more.from = cam:video
                        """);
            }
            Await.value(
                    "all of them run",
                    Duration.ofMinutes(2),
                    Duration.ofSeconds(1),
                    () -> RUNNING.matcher(Scrape.of(node).text()).results().count(),
                    running -> running == PIPELINES);
            long start = System.nanoTime();
            var scrape = Scrape.of(node);
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    "a scrape of %d pipelines: %.0f ms, %d bytes%n",
                    PIPELINES, 1000 * seconds, scrape.text().length());
            assertTrue(seconds < PATIENCE_SECONDS, seconds + " s");
            assertEquals(PIPELINES, scrape.sum("levada_pipeline_healthy"));
        }
    }
}
