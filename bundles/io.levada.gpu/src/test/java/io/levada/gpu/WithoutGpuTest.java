/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.levada.api.media.PixelFormat;
import io.levada.api.media.VideoFormat;
import io.levada.api.stage.Stage;
import io.levada.api.stage.StageException;
import io.levada.cuda.Cuda;
import io.levada.gpu.picture.PictureLayout;
import io.levada.tensor.picture.Area;
import io.levada.tensor.picture.Fit;
import io.levada.testkit.StageHarness;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What can be said of the stages on a machine without a GPU; itest/gpu has the rest. */
class WithoutGpuTest {

    static Stream<Stage> stages() {
        return Stream.of(
                new GpuUpload(),
                new GpuDownload(),
                new GpuTensor(),
                new GpuScale(),
                new GpuFrame(),
                new GpuKernel(),
                new GpuOverlay());
    }

    @ParameterizedTest
    @MethodSource("stages")
    void everyStageRefusesWithTheReason(Stage stage) {
        assumeFalse(Cuda.probe().available());
        var refusal = assertThrows(StageException.class, () -> StageHarness.of(stage));
        assertEquals("no GPU: " + Cuda.probe().reason(), refusal.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "LETTERBOX, 1920, 1080, 640, 640, 0, 140, 640, 360",
        "LETTERBOX, 100, 200, 64, 64, 16, 0, 32, 64",
        "CROP, 1920, 1080, 640, 640, -249, 0, 1138, 640",
        "STRETCH, 1920, 1080, 640, 640, 0, 0, 640, 640"
    })
    void aPictureIsPlacedAsTheFitSays(
            Fit fit, int pictureWidth, int pictureHeight, int width, int height, int x, int y, int w, int h) {
        assertEquals(new Area(x, y, w, h), fit.place(pictureWidth, pictureHeight, width, height));
    }

    @ParameterizedTest
    @CsvSource({
        "nv12, 2, 320, 180",
        "p010le, 4, 320, 180",
        "yuv420p, 1, 320, 180",
        "yuv420p10le, 2, 320, 180",
        "yuv444p, 1, 640, 360"
    })
    void theColourDifferencesOfPlanarFormatsAreFound(String pixels, int step, int width, int height) {
        var layout = PictureLayout.of(
                        VideoFormat.of(640, 360, PixelFormat.of(pixels)).build())
                .orElseThrow();
        var second = layout.components()[1];
        assertEquals(step, second.step());
        assertEquals(width, second.width());
        assertEquals(height, second.height());
    }

    @Test
    void aFormatThatKernelsDoNotKnowHasNoLayout() {
        assertTrue(
                PictureLayout.of(VideoFormat.of(64, 48, PixelFormat.of("pal8")).build())
                        .isEmpty());
    }

    @Test
    void whatNormalisingDidIsUndoneByTheInverse() throws StageException {
        assertArrayEquals(
                new float[] {0.5f * 255, 0.25f * 255, 255, 0.5f * 255, 0, 255}, // gains, then offsets
                SpecNumbers.inverse(false, "1/255", "0.5 0 1", "0.5, 0.25, 1"),
                0.001f);
    }

    @ParameterizedTest
    @CsvSource({"mean, 1 2", "std, 0", "scale, many"})
    void aNumberThatCanNotBeNamesItsParameter(String parameter, String text) {
        var refusal = assertThrows(
                StageException.class,
                () -> SpecNumbers.check(
                        parameter.equals("scale") ? text : "1/255",
                        parameter.equals("mean") ? text : "0",
                        parameter.equals("std") ? text : "1"));
        assertEquals(parameter, refusal.parameter().orElseThrow());
    }
}
