/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.media.TensorFormat.DType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An input or output of a model.
 *
 * @param name in the model
 * @param dtype of its elements
 * @param shape length of each dimension; -1 where it may be any
 */
record ModelPort(String name, DType dtype, List<Long> shape) {

    static ModelPort of(String name, DType dtype, long... shape) {
        return new ModelPort(name, dtype, Arrays.stream(shape).boxed().toList());
    }

    int rank() {
        return shape.size();
    }

    long length(int dimension) {
        return shape.get(dimension);
    }

    @Override
    public String toString() {
        return name + " "
                + shape.stream()
                        .map(length -> length < 0 ? "?" : length.toString())
                        .collect(Collectors.joining("x", "[", "]"));
    }
}
