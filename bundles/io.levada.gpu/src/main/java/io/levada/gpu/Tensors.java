/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu;

import io.levada.api.media.Memory;
import io.levada.api.media.TensorFormat;

/** Formats of tensors elsewhere. */
final class Tensors {

    private Tensors() {}

    static TensorFormat in(TensorFormat format, Memory.Kind memory, int device) {
        return new TensorFormat(
                format.dtype(), format.names(), format.shape(), memory, device, format.timeBase(), format.picture());
    }

    /** Of a tensor without gaps, in elements. */
    static long[] denseStrides(TensorFormat format) {
        long[] strides = new long[format.shape().size()];
        long stride = 1;
        for (int i = strides.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= format.shape().get(i);
        }
        return strides;
    }
}
