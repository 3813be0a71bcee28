/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu.picture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.levada.api.media.PixelFormat;
import io.levada.api.media.VideoFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColourMatrixTest {

    private static VideoFormat format(String pixels, String space, String range) {
        return VideoFormat.of(640, 480, PixelFormat.of(pixels))
                .colorSpace(space)
                .colorRange(range)
                .build();
    }

    private static ColourMatrix toRgb(VideoFormat format) {
        return ColourMatrix.toRgb(format, PictureLayout.of(format).orElseThrow());
    }

    private static ColourMatrix fromRgb(VideoFormat format) {
        return ColourMatrix.fromRgb(format, PictureLayout.of(format).orElseThrow());
    }

    @ParameterizedTest
    @CsvSource({
        "nv12, bt709, tv, 63, 102, 240", // ITU-R BT.709: 100 % red
        "nv12, smpte170m, tv, 81, 90, 240", // ITU-R BT.601
        "nv12, smpte170m, pc, 76, 85, 256",
        "yuv420p10le, bt709, tv, 250, 409, 960",
        "p010le, bt709, tv, 16022, 26180, 61440"
    })
    void redIsCodedAsTheRecommendationsSay(String pixels, String space, String range, int y, int u, int v) {
        double step = y > 10_000 ? 64 : 1;
        var coded = fromRgb(format(pixels, space, range)).of(255, 0, 0);
        assertArrayEquals(new double[] {y, u, v}, coded, step * 0.6);
    }

    @ParameterizedTest
    @CsvSource({"nv12, bt709, tv", "p010le, bt2020nc, tv", "yuvj420p, smpte170m, pc", "rgb24, unknown, unknown"})
    void thereAndBackIsTheSameColour(String pixels, String space, String range) {
        var format = format(pixels, space, range);
        var colour = fromRgb(format).then(toRgb(format)).of(200, 30, 90);
        assertArrayEquals(new double[] {200, 30, 90}, colour, 0.001);
    }

    @Test
    void brightnessAloneIsGrey() {
        assertArrayEquals(
                new double[] {200, 200, 200},
                toRgb(format("gray", "unknown", "unknown")).of(200, 17, 17),
                0.001);
        assertArrayEquals(
                new double[] {235, 128, 128},
                toRgb(format("gray", "unknown", "unknown"))
                        .then(fromRgb(format("nv12", "bt709", "tv")))
                        .of(255, 0, 0),
                0.001);
    }
}
