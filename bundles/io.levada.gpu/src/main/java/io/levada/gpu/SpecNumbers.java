/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu;

import io.levada.api.stage.StageException;

/** The numbers that a user writes for colours in tensors. */
final class SpecNumbers {

    private SpecNumbers() {}

    /** @throws StageException naming the parameter that can't be */
    static void check(String scale, String mean, String std) throws StageException {
        inverse(false, scale, mean, std);
    }

    /** Three gains and three offsets that lead from {@code (colour * scale - mean) / std} back to the colour. */
    static float[] inverse(boolean bytes, String scale, String mean, String std) throws StageException {
        float factor = number("scale", scale);
        float[] means = colours("mean", mean);
        float[] stds = divisors(std);
        if (factor == 0) {
            throw StageException.invalid("0 leaves nothing of the colours").parameter("scale");
        }
        float[] numbers = {1, 1, 1, 0, 0, 0};
        for (int i = 0; i < 3 && !bytes; i++) { // bytes hold colours as they are
            numbers[i] = stds[i] / factor;
            numbers[3 + i] = means[i] / factor;
        }
        return numbers;
    }

    static float[] divisors(String std) throws StageException {
        float[] numbers = colours("std", std);
        for (float number : numbers) {
            if (number == 0) {
                throw StageException.invalid("nothing can be divided by 0")
                        .parameter("std")
                        .remedy("write 1 to leave the values as they are");
            }
        }
        return numbers;
    }

    /** One number for all colours, or one each. */
    static float[] colours(String parameter, String text) throws StageException {
        var parts = text.strip().split("\\s*[,;\\s]\\s*");
        if (parts.length != 1 && parts.length != 3) {
            throw StageException.invalid("'" + text + "' are " + parts.length + " numbers")
                    .parameter(parameter)
                    .remedy("write one number, or three for red, green and blue");
        }
        float[] numbers = new float[3];
        for (int i = 0; i < 3; i++) {
            numbers[i] = number(parameter, parts[parts.length == 1 ? 0 : i]);
        }
        return numbers;
    }

    /** A number, or a fraction such as 1/255. */
    static float number(String parameter, String text) throws StageException {
        try {
            var parts = text.strip().split("/");
            double value = Double.parseDouble(parts[0]);
            for (int i = 1; i < parts.length; i++) {
                value /= Double.parseDouble(parts[i]);
            }
            if (Double.isFinite(value)) {
                return (float) value;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw StageException.invalid("'" + text + "' is no number")
                .parameter(parameter)
                .remedy("write a number such as 0.485, or a fraction such as 1/255");
    }
}
