/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.tensor.picture;

import io.levada.api.media.TensorFormat.DType;
import io.levada.api.stage.StageException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Reads what a user writes of a tensor. */
public final class SpecText {

    private SpecText() {}

    /** @throws StageException naming the parameter that can't be */
    public static TensorSpec read(TensorParameters parameters) throws StageException {
        return read(
                parameters.width(),
                parameters.height(),
                parameters.fit(),
                parameters.layout(),
                parameters.dtype(),
                parameters.order(),
                parameters.scale(),
                parameters.mean(),
                parameters.std());
    }

    /** @throws StageException naming the parameter that can't be */
    public static TensorSpec read(
            int width,
            int height,
            String fit,
            String layout,
            String dtype,
            String order,
            String scale,
            String mean,
            String std)
            throws StageException {
        var spread = divisors(std);
        return new TensorSpec(
                width,
                height,
                Fit.of(fit),
                layout.equals("nchw"),
                DType.valueOf(dtype.toUpperCase(Locale.ROOT)),
                order.equals("bgr"),
                number("scale", scale),
                colours("mean", mean),
                spread);
    }

    /** @throws StageException when a batch is larger than one memory can be */
    public static void checkSize(TensorSpec spec, int batch) throws StageException {
        if ((long) spec.bytes() * batch > Integer.MAX_VALUE - 1024) {
            throw StageException.invalid("a batch of " + batch + " tensors of " + spec.width() + "x" + spec.height()
                            + " is larger than 2 GiB")
                    .parameter("batch")
                    .remedy("make it smaller");
        }
    }

    /** The colours of {@code std}, none of them 0. */
    public static List<Float> divisors(String std) throws StageException {
        var numbers = colours("std", std);
        if (numbers.contains(0f) || numbers.contains(-0f)) {
            throw StageException.invalid("nothing can be divided by 0")
                    .parameter("std")
                    .remedy("write 1 to leave the values as they are");
        }
        return numbers;
    }

    /** One number for all colours, or one each. */
    public static List<Float> colours(String parameter, String text) throws StageException {
        var parts = text.strip().split("\\s*[,;\\s]\\s*");
        var numbers = new Float[parts.length];
        for (int i = 0; i < parts.length; i++) {
            numbers[i] = number(parameter, parts[i]);
        }
        return switch (numbers.length) {
            case 1 -> Stream.generate(() -> numbers[0]).limit(3).toList();
            case 3 -> Arrays.asList(numbers);
            default -> throw StageException.invalid("'" + text + "' are " + numbers.length + " numbers")
                    .parameter(parameter)
                    .remedy("write one number, or three for red, green and blue");
        };
    }

    /** A number, or a fraction such as 1/255. */
    public static float number(String parameter, String text) throws StageException {
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
