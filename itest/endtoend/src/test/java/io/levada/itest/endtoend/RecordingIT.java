/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.itest.Await;
import io.levada.itest.FFmpegProgram;
import io.levada.itest.FrameHashes;
import io.levada.itest.NodeProcess;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A recording under way when the node ends. */
class RecordingIT {

    private static final Duration SOON = Duration.ofSeconds(20);

    @Test
    void isPlayableToItsLastPictureAfterSigterm() {
        try (var node = NodeProcess.run(Nodes.home(RecordingIT.class)).start()) {
            node.deploy(
                    "lobby",
                    """
                    cam.type    = source.media
                    cam.url     = media/car-detection.mp4
                    cam.loop    = true
                    record.type = muxer.file
                    record.from = cam
                    record.path = data/lobby.mp4
                    """);
            var file = node.data().resolve("lobby.mp4");
            Await.until("something was recorded", SOON, () -> file.toFile().length() > 300_000);
            node.terminate();

            var all = FrameHashes.lines(FFmpegProgram.run(
                    "-xerror", "-err_detect", "explode", "-i", file.toString(), "-map", "0", "-f", "framecrc", "-"));
            long pictures = all.stream().filter(line -> line.stream() == 0).count();
            assertTrue(pictures > 20, () -> pictures + " pictures");
            assertTrue(all.stream().anyMatch(line -> line.stream() == 1), "sound");
            assertEquals(1, node.log().split("Levada stopped", -1).length - 1, node.log());
        }
    }

    @Test
    void isPlayableAfterTheNodeWasKilled() {
        try (var node = NodeProcess.run(Nodes.home(RecordingIT.class).resolveSibling("RecordingKilledIT"))
                .start()) {
            node.deploy(
                    "lobby",
                    """
                    cam.type    = source.media
                    cam.url     = media/car-detection.mp4
                    cam.loop    = true
                    record.type = muxer.file
                    record.from = cam
                    record.path = data/lobby.mp4
                    """);
            var file = node.data().resolve("lobby.mp4");
            Await.until("something was recorded", SOON, () -> file.toFile().length() > 300_000);
            node.kill();

            var pictures = FFmpegProgram.frameHashes(file);
            assertTrue(pictures.size() > 20, () -> pictures.size() + " pictures");
        }
    }
}
