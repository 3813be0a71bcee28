/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

import java.util.List;

/**
 * Tensors of this element type and shape follow.
 *
 * @param dtype element type
 * @param names what each dimension is: {@code n c h w}
 * @param shape length of each dimension, outermost first
 * @param memory where the elements live
 * @param device the device's index
 * @param timeBase the unit of the tensors' times
 * @param picture where the picture that a tensor was made of lies in it
 */
public record TensorFormat(
        DType dtype,
        List<String> names,
        List<Long> shape,
        Memory.Kind memory,
        int device,
        TimeBase timeBase,
        Placement picture)
        implements Format {

    /** Element types, named and coded as in DLPack. */
    public enum DType {
        U8(1, 8),
        I8(0, 8),
        I16(0, 16),
        I32(0, 32),
        I64(0, 64),
        F16(2, 16),
        BF16(4, 16),
        F32(2, 32),
        F64(2, 64);

        private final int code;
        private final int bits;

        DType(int code, int bits) {
            this.code = code;
            this.bits = bits;
        }

        /** DLPack's {@code DLDataTypeCode}. */
        public int code() {
            return code;
        }

        public int bits() {
            return bits;
        }
    }

    /** A format of tensors that were made of whole pictures, or of none. */
    public TensorFormat(
            DType dtype, List<String> names, List<Long> shape, Memory.Kind memory, int device, TimeBase timeBase) {
        this(dtype, names, shape, memory, device, timeBase, Placement.WHOLE);
    }

    public TensorFormat {
        names = List.copyOf(names);
        shape = List.copyOf(shape);
        if (names.size() != shape.size()) {
            throw new IllegalArgumentException("one name for each dimension: " + names + " for shape " + shape);
        }
    }

    /** Strides in elements of a tensor without padding, in row-major order. */
    long[] denseStrides() {
        long[] strides = new long[shape.size()];
        long stride = 1;
        for (int i = strides.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= shape.get(i);
        }
        return strides;
    }

    @Override
    public MediaKind kind() {
        return MediaKind.DATA;
    }

    @Override
    public SampleType type() {
        return SampleType.TENSOR;
    }

    @Override
    public String toString() {
        return dtype + " " + names + shape;
    }
}
