/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.tensor.picture;

import java.nio.ByteBuffer;

/** One component of a picture (brightness, a colour), resized row by row. Its rows are fetched as a whole, each once. */
final class Component {

    private final int plane;
    private final Axis across;
    private final Axis down;
    private final int step;
    private final int offset;
    private final boolean wide;
    private final float unit;
    private final byte[][] rows;
    private final int[] held = {-1, -1};

    /**
     * @param plane where it is
     * @param across which pixels the elements of a row lie between
     * @param down which rows
     * @param step bytes from one pixel to the next
     * @param offset of its byte or bytes in a pixel
     * @param wide two bytes, little endian
     * @param unit what brings a value to the scale of 0 to 255
     * @param rowBytes of the plane
     */
    Component(int plane, Axis across, Axis down, int step, int offset, boolean wide, float unit, int rowBytes) {
        this.plane = plane;
        this.across = across;
        this.down = down;
        this.step = step;
        this.offset = offset;
        this.wide = wide;
        this.unit = unit;
        this.rows = new byte[2][rowBytes];
    }

    int plane() {
        return plane;
    }

    /** Another picture comes. */
    void begin() {
        held[0] = -1;
        held[1] = -1;
    }

    /** The values of a row of elements. */
    void row(ByteBuffer bytes, int stride, int y, float[] values) {
        var above = fetch(bytes, stride, down.low[y], down.high[y]);
        var below = fetch(bytes, stride, down.high[y], down.low[y]);
        if (wide) {
            blendWide(above, below, down.part[y], values);
        } else {
            blend(above, below, down.part[y], values);
        }
    }

    /** @param other stays too */
    private byte[] fetch(ByteBuffer bytes, int stride, int row, int other) {
        int slot = held[0] == row ? 0 : held[1] == row ? 1 : held[0] == other ? 1 : 0;
        if (held[slot] != row) {
            held[slot] = row;
            bytes.get(row * stride, rows[slot], 0, rows[slot].length);
        }
        return rows[slot];
    }

    private void blend(byte[] above, byte[] below, float weight, float[] values) {
        for (int x = 0; x < values.length; x++) {
            int left = across.low[x] * step + offset;
            int right = across.high[x] * step + offset;
            float part = across.part[x];
            float a = above[left] & 0xff;
            float b = below[left] & 0xff;
            a += ((above[right] & 0xff) - a) * part;
            b += ((below[right] & 0xff) - b) * part;
            values[x] = (a + (b - a) * weight) * unit;
        }
    }

    private void blendWide(byte[] above, byte[] below, float weight, float[] values) {
        for (int x = 0; x < values.length; x++) {
            int left = across.low[x] * step + offset;
            int right = across.high[x] * step + offset;
            float part = across.part[x];
            float a = wide(above, left);
            float b = wide(below, left);
            a += (wide(above, right) - a) * part;
            b += (wide(below, right) - b) * part;
            values[x] = (a + (b - a) * weight) * unit;
        }
    }

    private static int wide(byte[] bytes, int at) {
        return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8;
    }
}
