/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu;

import io.levada.api.stage.StageException;
import io.levada.tensor.picture.SpecText;

/** The numbers that a user writes for colours in tensors. */
final class SpecNumbers {

    private SpecNumbers() {}

    /** @throws StageException naming the parameter that can't be */
    static void check(String scale, String mean, String std) throws StageException {
        inverse(false, scale, mean, std);
    }

    /** Three gains and three offsets that lead from {@code (colour * scale - mean) / std} back to the colour. */
    static float[] inverse(boolean bytes, String scale, String mean, String std) throws StageException {
        float factor = SpecText.number("scale", scale);
        var means = SpecText.colours("mean", mean);
        var stds = SpecText.divisors(std);
        if (factor == 0) {
            throw StageException.invalid("0 leaves nothing of the colours").parameter("scale");
        }
        float[] numbers = {1, 1, 1, 0, 0, 0};
        for (int i = 0; i < 3 && !bytes; i++) { // bytes hold colours as they are
            numbers[i] = stds.get(i) / factor;
            numbers[3 + i] = means.get(i) / factor;
        }
        return numbers;
    }
}
