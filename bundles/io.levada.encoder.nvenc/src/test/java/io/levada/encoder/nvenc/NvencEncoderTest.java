/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.encoder.nvenc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.levada.api.stage.StageException;
import io.levada.cuda.Cuda;
import io.levada.testkit.StageHarness;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can be said of it on a machine without a GPU; itest/gpu has the rest. */
class NvencEncoderTest {

    @Test
    void refusesWithTheReasonWhereThereIsNoGpu() {
        assumeFalse(Cuda.probe().available());
        var refusal = assertThrows(StageException.class, () -> StageHarness.of(new NvencEncoder()));
        assertEquals(StageException.Kind.FAILED, refusal.kind());
        assertEquals("no GPU: " + Cuda.probe().reason(), refusal.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"'', h264_nvenc", "H264, h264_nvenc", "h265, hevc_nvenc", "hevc_nvenc, hevc_nvenc", "av1, av1_nvenc"})
    void thisFfmpegHasAnEncoderForTheGpuOf(String word, String name) throws StageException {
        assertEquals(name, NvencEncoder.codec(word).name().getString());
    }

    @ParameterizedTest
    @CsvSource({"vp9", "mjpeg", "libx264", "vp9_nvenc"})
    void namesACodecThatNoGpuEncodes(String word) {
        var refusal =
                assertThrows(StageException.class, () -> StageHarness.of(new NvencEncoder(), Map.of("codec", word)));
        assertEquals(StageException.Kind.INVALID, refusal.kind());
        assertEquals("codec", refusal.parameter().orElseThrow());
        assertEquals("NVENC makes h264, hevc and av1, not " + word, refusal.getMessage());
    }
}
