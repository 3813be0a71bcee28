/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.decoder.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.levada.api.stage.StageException;
import io.levada.cuda.Cuda;
import io.levada.testkit.Packets;
import io.levada.testkit.StageHarness;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be said of it on a machine without a GPU; itest/gpu has the rest. */
class CudaDecoderTest {

    @Test
    void refusesWithTheReasonWhereThereIsNoGpu() {
        assumeFalse(Cuda.probe().available());
        var refusal = assertThrows(StageException.class, () -> StageHarness.of(new CudaDecoder()));
        assertEquals(StageException.Kind.FAILED, refusal.kind());
        assertEquals("no GPU: " + Cuda.probe().reason(), refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"h264", "hevc", "av1", "vp9", "mjpeg"})
    void thisFfmpegHasADecoderForTheGpuOf(String codec) throws StageException {
        var names = Set.of("h264", "hevc", "av1", "vp9", "mjpeg"); // libav's own, not libdav1d, libvpx and the like
        assertTrue(names.contains(
                NvdecContext.codec(Packets.video(codec, 64, 48)).name().getString()));
    }

    @Test
    void namesACodecThatNoGpuDecodes() {
        var refusal = assertThrows(StageException.class, () -> NvdecContext.codec(Packets.video("prores", 64, 48)));
        assertEquals("NVDEC does not decode prores", refusal.getMessage());
    }
}
