/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.felix;

import static io.levada.api.pipeline.State.RUNNING;
import static org.junit.Assert.assertTrue;

import io.levada.itest.Await;
import io.levada.itest.PipelineFile;
import java.io.IOException;
import java.time.Duration;
import org.junit.Test;

/** Configurations become running pipelines, and go. */
public class DeployIT extends NodeTest {

    private static final Duration AT_ONCE = Duration.ofSeconds(2);

    private static final String DECODED =
            """
            cam.type    = source.media
            cam.url     = media/clip.mp4
            cam.loop    = true
            decode.type = decoder
            decode.from = cam:video
            out.type    = sink.null
            out.from    = decode
            """;

    @Test
    public void aConfigurationOfConfigAdminBecomesARunningPipeline() throws IOException {
        configure("lobby", DECODED);
        awaitState("lobby", RUNNING);
        awaitMore("lobby", "out", 5);
        unconfigure("lobby");
        awaitGone("lobby", SOON);
    }

    @Test
    public void aFileIsUpWithinTwoSecondsAndItsDeletionStopsIt() {
        var file = new PipelineFile("gate", DECODED);
        file.drop(etc());
        awaitState("gate", RUNNING, AT_ONCE);
        awaitMore("gate", "out", 5);
        file.delete(etc());
        awaitGone("gate", AT_ONCE);
    }

    @Test
    public void aChangedFileChangesThePipeline() {
        new PipelineFile("gate", DECODED).drop(etc());
        awaitState("gate", RUNNING);
        new PipelineFile("gate", DECODED + "raw.type = sink.null\nraw.from = cam\n").drop(etc());
        awaitMore("gate", "raw", 5);
        awaitState("gate", RUNNING);
    }

    @Test
    public void aChangeToAFileThatIsNotThereIsRefusedAndWhatRunsGoesOn() throws IOException {
        configure("lobby", DECODED);
        awaitState("lobby", RUNNING);
        configure("lobby", DECODED.replace("media/clip.mp4", "media/none.mp4"));
        Await.until(
                "it is told", SOON, () -> problems(pipelines.pipeline("lobby").orElseThrow())
                        .contains("none.mp4 does not exist"));
        awaitMore("lobby", "out", 5);
    }

    @Test
    public void theSameContentOnceMoreDisturbsNothing() throws IOException {
        configure("lobby", DECODED);
        awaitMore("lobby", "out", 5);
        long before = samplesIn("lobby", "out");
        configure("lobby", DECODED);
        awaitMore("lobby", "out", 5);
        assertTrue("it was made anew", samplesIn("lobby", "out") >= before + 5);
    }

    @Test
    public void whatHappensToOnePipelineIsNothingToAnother() throws IOException {
        configure("lobby", DECODED);
        configure("gate", DECODED);
        awaitMore("lobby", "out", 5);
        awaitMore("gate", "out", 5);
        long before = samplesIn("lobby", "out");

        configure("gate", DECODED.replace("media/clip.mp4", "media/none.mp4"));
        Await.until(
                "gate is not well",
                SOON,
                () -> !pipelines.pipeline("gate").orElseThrow().state().healthy());
        unconfigure("gate");
        awaitGone("gate", SOON);

        awaitMore("lobby", "out", 5);
        assertTrue("it was made anew", samplesIn("lobby", "out") >= before + 5);
    }

    @Test
    public void aConfigurationMayComeAndGoFasterThanItCanBeApplied() throws IOException {
        for (int i = 0; i < 20; i++) {
            configure("lobby", DECODED);
            unconfigure("lobby");
        }
        configure("lobby", DECODED);
        awaitState("lobby", RUNNING);
        awaitMore("lobby", "out", 5);
    }

    private void awaitGone(String name, Duration atMost) {
        Await.until(name + " is gone", atMost, () -> pipelines.pipeline(name).isEmpty());
    }
}
