/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.felix;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeFalse;

import io.levada.api.pipeline.StageStatus;
import io.levada.api.pipeline.State;
import org.junit.Before;
import org.junit.Test;

/** On a machine without a GPU the bundles that use one are there, say why they are idle, and software takes their place. */
public class NoGpuIT extends NodeTest {

    @Before
    public void thereIsNoGpu() {
        assumeFalse(Boolean.TRUE.equals(gpu("levada.gpu.available")));
    }

    private Object gpu(String property) {
        return context.getServiceReference("io.levada.cuda.Cuda").getProperty(property);
    }

    @Test
    public void theNodeSaysWhyItHasNone() {
        var said = (String) gpu("levada.gpu");
        assertTrue(said, said.matches("no GPU \\(.+\\)"));
    }

    @Test
    public void softwareFillsTheRoleAndTheReasonIsShown() throws Exception {
        configure(
                "soft",
                """
                cam.type = source.media
                cam.url = media/clip.mp4
                cam.loop = true
                decode.type = decoder
                decode.from = cam:video
                null.type = sink.null
                null.from = decode
                """);
        awaitState("soft", State.RUNNING);
        awaitMore("soft", "null", 10);
        var reason = stage("soft", "decode").map(StageStatus::reason).orElseThrow();
        assertTrue(reason, reason.startsWith("decoder.ffmpeg fills it; refused by decoder.cuda (no GPU: "));
        assertFalse("what works needs no remedy: " + reason, reason.contains("remedy"));
        unconfigure("soft");
    }

    @Test
    public void tensorsAreMadeOnTheCpuByTheSameFile() throws Exception {
        configure(
                "tensors",
                """
                cam.type = source.media
                cam.url = media/clip.mp4
                cam.loop = true
                decode.type = decoder
                decode.from = cam:video
                tensor.type = tensor
                tensor.from = decode
                tensor.width = 64
                tensor.height = 64
                null.type = sink.null
                null.from = tensor
                """);
        awaitState("tensors", State.RUNNING);
        awaitMore("tensors", "null", 10);
        var tensor = stage("tensors", "tensor").orElseThrow();
        assertEquals("cpu.tensor", tensor.implementation());
        assertTrue(tensor.reason(), tensor.reason().startsWith("cpu.tensor fills it; refused by gpu.tensor (no GPU: "));
        unconfigure("tensors");
    }

    @Test
    public void softwareEncodesAndTheReasonIsShown() throws Exception {
        configure(
                "encoded",
                """
                cam.type = source.media
                cam.url = media/clip.mp4
                cam.loop = true
                decode.type = decoder
                decode.from = cam:video
                encode.type = encoder
                encode.from = decode
                encode.preset = ultrafast
                null.type = sink.null
                null.from = encode
                """);
        awaitState("encoded", State.RUNNING);
        awaitMore("encoded", "null", 10);
        var reason = stage("encoded", "encode").map(StageStatus::reason).orElseThrow();
        assertTrue(reason, reason.startsWith("encoder.ffmpeg fills it; refused by encoder.nvenc (no GPU: "));
        unconfigure("encoded");
    }

    @Test
    public void theGpusDecoderByNameFailsWithTheReason() throws Exception {
        configure(
                "hard",
                """
                cam.type = source.media
                cam.url = media/clip.mp4
                cam.loop = true
                decode.type = decoder.cuda
                decode.from = cam:video
                null.type = sink.null
                null.from = decode
                """);
        awaitState("hard", State.FAILED);
        var reason = stage("hard", "decode").map(StageStatus::reason).orElseThrow();
        assertTrue(reason, reason.matches("(?s)no GPU: .+; remedy: .*type = decoder.*"));
        assertEquals(State.FAILED, stage("hard", "decode").orElseThrow().state());
        unconfigure("hard");
    }
}
