/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

import java.util.List;

/**
 * A dense array on host or device, one to one a DLPack {@code DLTensor}: memory plane 0 holds element (0, 0, ...), strides
 * count elements. A batch's outermost dimension has one row per frame, and {@link #rows()} tells which frame each came from.
 */
public final class Tensor extends Sample {

    private final TensorFormat format;
    private final long[] strides;
    private final List<Stamp> rows;

    private Tensor(Builder builder) {
        super(builder);
        this.format = builder.format;
        this.strides = builder.strides;
        this.rows = builder.rows;
    }

    /** A tensor in row-major order. */
    public static Builder over(Memory memory, TensorFormat format) {
        return new Builder(memory, format, format.denseStrides());
    }

    public TensorFormat format() {
        return format;
    }

    /** Elements from one index of the dimension to the next. */
    public long stride(int dimension) {
        return strides[dimension];
    }

    /** The frame of each row of the batch; a single one for a tensor without a batch dimension. */
    public List<Stamp> rows() {
        return rows.isEmpty() ? List.of(stamp()) : rows;
    }

    @Override
    public SampleType type() {
        return SampleType.TENSOR;
    }

    /** Another header over the same memory; {@link #retain()} this tensor before building, for the new header. */
    public Builder toBuilder() {
        return new Builder(memory(), format, strides).like(this).rows(rows);
    }

    @Override
    public String toString() {
        return "tensor " + stamp() + " " + format;
    }

    /** Builds tensors. */
    public static final class Builder extends Sample.Builder<Builder, Tensor> {

        private TensorFormat format;
        private long[] strides;
        private List<Stamp> rows = List.of();

        private Builder(Memory memory, TensorFormat format, long... strides) {
            super(memory);
            layout(format, strides);
        }

        /** @param strides elements, one per dimension; kept, not copied */
        public Builder layout(TensorFormat format, long... strides) {
            this.format = format;
            this.strides = strides;
            return this;
        }

        public Builder rows(List<Stamp> rows) {
            this.rows = List.copyOf(rows);
            return this;
        }

        @Override
        public Tensor build() {
            return new Tensor(this);
        }
    }
}
