/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.levada.api.media.PixelFormat;
import io.levada.api.media.VideoFormat;
import io.levada.api.stage.StageException;
import io.levada.gpu.picture.Crop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CropTextTest {

    private static final VideoFormat PICTURE =
            VideoFormat.of(1920, 1080, PixelFormat.NV12).build();

    @ParameterizedTest
    @CsvSource({
        "0.25 0.25 0.5 0.5, 480, 270, 960, 540",
        "0.1; 0; 0.333; 1, 192, 0, 640, 1080",
        "640 0 640 480, 640, 0, 640, 480",
        "3 5 9 11, 4, 6, 8, 10",
        "0 0 1 1, 0, 0, 1920, 1080",
        "'', 0, 0, 1920, 1080"
    })
    void aPartIsTakenOnTheEdgesOfSharedChroma(String text, int x, int y, int width, int height) throws StageException {
        assertEquals(new Crop(x, y, width, height), CropText.of(text).of(PICTURE));
    }

    @Test
    void anOddPictureIsTakenToItsEdge() throws StageException {
        var odd = VideoFormat.of(227, 131, PixelFormat.RGB24).build();
        assertEquals(new Crop(114, 66, 113, 65), CropText.of("0.5 0.5 0.5 0.5").of(odd));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.5", "0 0 0 1", "-1 0 1 1", "0.6 0 0.5 1", "a b c d", "0 0 1 1 1"})
    void whatIsNoPartIsRefused(String text) {
        var refusal = assertThrows(StageException.class, () -> CropText.of(text));
        assertEquals("crop", refusal.parameter().orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1000 0 1000 100", "0 1000 100 100", "0 0 0.001 0.5"})
    void whatIsNotInThePictureIsRefused(String text) throws StageException {
        var crop = CropText.of(text);
        var refusal = assertThrows(StageException.class, () -> crop.of(PICTURE));
        assertEquals("crop", refusal.parameter().orElseThrow());
    }
}
