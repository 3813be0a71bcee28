/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AxisTableTest {

    @ParameterizedTest
    @CsvSource({
        "640, 640, 0, 640, false",
        "1920, 640, 0, 640, false", // the middle one of three
        "1080, 360, 140, 640, false", // with padding
        "1280, 640, 0, 640, true",
        "1920, 1138, -249, 640, true",
        "1, 8, 0, 8, false" // there is but one
    })
    void elementsLieBetweenPixelsUnlessTheSizesFit(int pixels, int length, int start, int count, boolean between) {
        assertEquals(between, AxisTable.between(pixels, length, start, count));
    }
}
