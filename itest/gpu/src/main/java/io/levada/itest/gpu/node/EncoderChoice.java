/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu.node;

import io.levada.itest.Await;
import io.levada.itest.NodeProcess;
import java.nio.file.Path;
import java.time.Duration;

/** Whoever encodes: pictures of the role decoder come to where the role encoder takes them. */
final class EncoderChoice {

    private static final Duration SOON = Duration.ofSeconds(90);
    private static final long PACKETS = 200;
    private static final String FILE =
            """
            in.type       = source.media
            in.url        = examples/models/shapes.mp4
            in.loop       = true
            decode.type   = decoder
            decode.from   = in:video
            encode.type   = encoder
            encode.from   = decode
            encode.preset = veryfast
            out.type      = sink.null
            out.from      = encode
            """;

    private final NodeProcess node;
    private final Stages stages;

    EncoderChoice(Stages stages, Path home) {
        this.node = NodeView.process(home);
        this.stages = stages;
    }

    String run() {
        try (node) {
            node.start();
            node.deploy("encoded", FILE);
            node.awaitState("encoded", "RUNNING", SOON);
            Await.until(
                    "packets come out",
                    SOON,
                    () -> node.stage("encoded", "out").path("samplesIn").asLong() > PACKETS);
            var encode = node.stage("encoded", "encode");
            var by = encode.path("implementation").asText();
            var reason = encode.path("reason").asText();
            boolean software = by.equals("encoder.ffmpeg")
                    && reason.contains(stages == Stages.GPU ? "encoder.nvenc (no NVENC " : "encoder.nvenc (no GPU");
            if (!software && !by.equals("encoder.nvenc")) {
                throw new AssertionError(encode);
            }
            var download = node.stage("encoded", "decode+download");
            if (software && stages == Stages.GPU && download.path("samplesIn").asLong() == 0) {
                throw new AssertionError("nobody brings the pictures to the host: " + download);
            }
            return reason;
        }
    }
}
