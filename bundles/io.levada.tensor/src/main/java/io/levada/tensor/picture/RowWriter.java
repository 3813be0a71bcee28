/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.tensor.picture;

import java.nio.ByteBuffer;

/** Writes rows of colours into a tensor: normalised, in its order of channels, as its kind of elements. */
final class RowWriter {

    private final TensorSpec spec;
    private final int left;
    private final int count;
    private final float[] gain = new float[3];
    private final float[] bias = new float[3];
    private final int size;
    /** A row of one channel, or of all when they are interleaved, as bytes in native order. */
    private final ByteBuffer bytes;

    private final float[] values;
    private final boolean planar;

    /**
     * @param left the first element of a row that is of the picture; those before and after are padding
     * @param count elements of the picture in a row
     */
    RowWriter(TensorSpec spec, int left, int count) {
        this.spec = spec;
        this.left = left;
        this.count = count;
        this.planar = spec.channelsFirst();
        this.size = spec.dtype().bits() / 8;
        this.values = new float[spec.width() * (planar ? 1 : 3)];
        this.bytes = ByteBuffer.allocate(values.length * size).order(java.nio.ByteOrder.nativeOrder());
        for (int i = 0; i < 3; i++) {
            gain[i] = spec.gain(i);
            bias[i] = spec.bias(i);
        }
    }

    /** @param at where the tensor begins */
    void row(ByteBuffer into, int at, int y, float[][] colours) {
        for (int channel = 0; channel < 3; channel++) {
            int colour = spec.colour(channel);
            fill(channel, colour, colours[colour]);
            if (planar) {
                put(into, at + ((channel * spec.height() + y) * spec.width()) * size);
            }
        }
        if (!planar) {
            put(into, at + y * values.length * size);
        }
    }

    void padding(ByteBuffer into, int at, int y) {
        for (int channel = 0; channel < 3; channel++) {
            pad(channel, spec.colour(channel), 0, spec.width());
            if (planar) {
                put(into, at + ((channel * spec.height() + y) * spec.width()) * size);
            }
        }
        if (!planar) {
            put(into, at + y * values.length * size);
        }
    }

    private void fill(int channel, int colour, float[] row) {
        int step = planar ? 1 : 3;
        int at = left * step + (planar ? 0 : channel);
        float g = gain[colour];
        float b = bias[colour];
        for (int x = 0; x < count; x++, at += step) {
            values[at] = row[x] * g + b;
        }
        pad(channel, colour, 0, left);
        pad(channel, colour, left + count, spec.width());
    }

    private void pad(int channel, int colour, int from, int to) {
        int step = planar ? 1 : 3;
        float value = TensorSpec.PADDING * gain[colour] + bias[colour];
        for (int x = from; x < to; x++) {
            values[x * step + (planar ? 0 : channel)] = value;
        }
    }

    private void put(ByteBuffer into, int at) {
        switch (spec.dtype()) {
            case U8 -> {
                for (int i = 0; i < values.length; i++) {
                    bytes.put(i, (byte) (int) (values[i] + 0.5f));
                }
            }
            case F16 -> {
                for (int i = 0; i < values.length; i++) {
                    bytes.putShort(2 * i, HalfFloat.of(values[i]));
                }
            }
            default -> bytes.asFloatBuffer().put(values);
        }
        into.put(at, bytes.array(), 0, values.length * size);
    }
}
