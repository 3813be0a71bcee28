/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu.node;

import static io.levada.itest.gpu.node.NodeView.CLIP;
import static io.levada.itest.gpu.node.NodeView.SOON;

import io.levada.itest.NodeProcess;
import io.levada.itest.Scrape;
import io.levada.itest.Viewers;
import java.io.IOException;

/** Pipelines on the host, with people who watch: whatever happens on the card, they lose nothing. */
final class HostLoad implements AutoCloseable {

    private static final int VIEWERS = 6;
    private final NodeProcess node;
    private final Viewers viewers;

    HostLoad(NodeProcess node) throws IOException {
        this.node = node;
        node.deploy("watched", CLIP + "live.type = server.rtsp\nlive.from = cam\nlive.path = /watched\n");
        node.deploy(
                "decoded",
                CLIP
                        + "decode.type = decoder.ffmpeg\ndecode.from = cam:video\n"
                        + "null.type = sink.null\nnull.from = decode\n");
        node.awaitState("watched", "RUNNING", SOON);
        node.awaitState("decoded", "RUNNING", SOON);
        viewers = new Viewers(node, "/watched", VIEWERS);
    }

    /** Fails when something was lost; says what was not. */
    String untouched() {
        if (!viewers.faults().isEmpty()) {
            throw new AssertionError("viewers of the host's stream: " + viewers.faults());
        }
        var metrics = Scrape.of(node);
        double dropped = metrics.sum("levada_link_dropped_samples_total", "pipeline", "watched")
                + metrics.sum("levada_link_dropped_samples_total", "pipeline", "decoded");
        double restarts = metrics.sum("levada_stage_restarts_total", "pipeline", "watched")
                + metrics.sum("levada_stage_restarts_total", "pipeline", "decoded");
        if (dropped + restarts > 0) {
            throw new AssertionError(
                    "on the host " + dropped + " samples were dropped and " + restarts + " stages restarted");
        }
        return "%.0f pictures decoded on the host and %d viewers beside it: nothing lost"
                .formatted(
                        metrics.sum("levada_stage_input_samples_total", "pipeline", "decoded", "stage", "null"),
                        VIEWERS);
    }

    @Override
    public void close() {
        viewers.close();
    }
}
