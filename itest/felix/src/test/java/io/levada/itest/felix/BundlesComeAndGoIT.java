/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.felix;

import static io.levada.api.pipeline.State.DEGRADED;
import static io.levada.api.pipeline.State.RUNNING;
import static io.levada.api.pipeline.State.WAITING;
import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.CoreMatchers.is;
import static org.hamcrest.MatcherAssert.assertThat;

import io.levada.api.pipeline.State;
import java.io.IOException;
import java.net.URI;
import org.junit.Test;
import org.osgi.framework.BundleException;

/** Pipelines outlive the bundles of their stages. */
public class BundlesComeAndGoIT extends NodeTest {

    private static final String DECODER = "io.levada.decoder.ffmpeg";

    private static final String TWO_BRANCHES =
            """
            cam.type    = source.media
            cam.url     = media/clip.mp4
            cam.loop    = true
            raw.type    = sink.null
            raw.from    = cam
            decode.type = decoder
            decode.from = cam:video
            seen.type   = sink.null
            seen.from   = decode
            """;

    @Test
    public void aStoppedStageDegradesThePipelineAndTheOtherBranchGoesOn() throws Exception {
        configure("lobby", TWO_BRANCHES);
        awaitState("lobby", RUNNING);
        awaitMore("lobby", "seen", 5);

        bundle(DECODER).stop();
        var degraded = awaitState("lobby", DEGRADED);
        assertThat(problems(degraded), containsString("decode"));
        awaitMore("lobby", "raw", 20);

        bundle(DECODER).start();
        awaitState("lobby", RUNNING);
        awaitMore("lobby", "seen", 5);
    }

    @Test
    public void anUpdatedBundleTakesItsStageAlongAndNothingElse() throws Exception {
        configure("lobby", TWO_BRANCHES);
        awaitState("lobby", RUNNING);
        awaitMore("lobby", "seen", 5);
        var restarts = restarts("cam") + restarts("raw");

        try (var jar = URI.create(jarOf(DECODER)).toURL().openStream()) {
            bundle(DECODER).update(jar);
        }
        awaitState("lobby", RUNNING);
        awaitMore("lobby", "seen", 5);
        assertThat(restarts("cam") + restarts("raw"), is(restarts));
    }

    @Test
    public void anUnknownTypeWaitsAndNamesTheNearestOne() throws IOException {
        configure("lobby", TWO_BRANCHES.replace("raw.type    = sink.null", "raw.type    = sink.nul"));
        var degraded = awaitState("lobby", DEGRADED);
        assertThat(degraded.problems().get(0).key(), is("raw.type"));
        assertThat(degraded.problems().get(0).state(), is(WAITING));
        assertThat(degraded.problems().get(0).message(), containsString("did you mean sink.null?"));
        awaitMore("lobby", "seen", 5);
    }

    @Test
    public void aPipelineWaitsForAStageUntilItsBundleIsInstalled() throws Exception {
        var jar = jarOf(DECODER);
        bundle(DECODER).uninstall();
        try {
            configure(
                    "lobby",
                    """
                    cam.type    = source.media
                    cam.url     = media/clip.mp4
                    cam.loop    = true
                    decode.type = decoder.ffmpeg
                    decode.from = cam:video
                    seen.type   = sink.null
                    seen.from   = decode
                    """);
            var waiting = awaitState("lobby", WAITING);
            assertThat(waiting.problems().get(0).message(), containsString("waits for stage type decoder.ffmpeg"));
        } finally {
            install(jar);
        }
        awaitState("lobby", RUNNING);
        awaitMore("lobby", "seen", 5);
    }

    @Test
    public void aPipelineWhoseOnlySourceGoesWaitsForItAndComesBack() throws Exception {
        configure("lobby", TWO_BRANCHES);
        awaitState("lobby", RUNNING);
        awaitMore("lobby", "seen", 5);
        bundle("io.levada.source.media").stop();
        awaitState("lobby", State.WAITING);
        bundle("io.levada.source.media").start();
        awaitState("lobby", RUNNING);
        awaitMore("lobby", "seen", 5);
    }

    private long restarts(String stage) {
        return stage("lobby", stage).orElseThrow().restarts();
    }

    private String jarOf(String symbolicName) {
        return bundle(symbolicName).getLocation().replaceFirst("^reference:", "");
    }

    private void install(String jar) throws BundleException {
        context.installBundle("reference:" + jar).start();
    }
}
