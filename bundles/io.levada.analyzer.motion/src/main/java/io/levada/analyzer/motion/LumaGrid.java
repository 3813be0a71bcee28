/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.motion;

import io.levada.api.media.PixelFormat;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A picture made small: the mean brightness of square cells, 0 to 255, taken from at most {@value #SAMPLES} x
 * {@value #SAMPLES} pixels of each, so that a large picture costs hardly more than a small one.
 */
final class LumaGrid {

    /** About so many cells across the picture's longer side. */
    private static final int ACROSS = 128;

    private static final int SAMPLES = 4;

    private final int cell;
    private final int columns;
    private final int rows;
    private final int[] sampleX;
    private final int[] sampleY;
    private final byte[] row;
    private final int pixelBytes;
    private final int high;
    private final int shift;
    private final int[] sums;
    private final float[] luma;

    LumaGrid(VideoFormat format) {
        int longer = Math.max(format.width(), format.height());
        cell = Math.max(2, (longer + ACROSS - 1) / ACROSS);
        columns = Math.max(1, format.width() / cell);
        rows = Math.max(1, format.height() / cell);
        sampleX = samples(Math.min(cell, format.width()));
        sampleY = samples(Math.min(cell, format.height()));
        pixelBytes = format.pixelFormat().bytesPerPixel();
        row = new byte[format.width() * pixelBytes];
        high = pixelBytes - 1;
        shift = highBits(format.pixelFormat());
        sums = new int[columns];
        luma = new float[columns * rows];
    }

    /** Offsets within a cell, spread evenly. */
    private static int[] samples(int size) {
        int count = Math.min(size, SAMPLES);
        int[] offsets = new int[count];
        for (int i = 0; i < count; i++) {
            offsets[i] = (2 * i + 1) * size / (2 * count);
        }
        return offsets;
    }

    /** In how many of the upper byte's bits a 16-bit pixel begins: all for P010, two for yuv420p10. */
    private static int highBits(PixelFormat format) {
        return format.bytesPerPixel() == 2 && format.name().endsWith("p10le") ? 2 : 8;
    }

    int columns() {
        return columns;
    }

    int rows() {
        return rows;
    }

    /** A cell's width in pixels, its height too. */
    int cell() {
        return cell;
    }

    /** Reads the picture; the result is this grid's own array, row by row, overwritten by the next. */
    float[] of(VideoFrame frame) {
        ByteBuffer plane = frame.plane(0);
        int stride = frame.stride(0);
        float scale = 1f / (sampleX.length * sampleY.length);
        for (int y = 0; y < rows; y++) {
            Arrays.fill(sums, 0);
            for (int offset : sampleY) {
                plane.get((y * cell + offset) * stride, row);
                if (pixelBytes == 1) {
                    addBytes();
                } else {
                    addWords();
                }
            }
            for (int x = 0; x < columns; x++) {
                luma[y * columns + x] = sums[x] * scale;
            }
        }
        return luma;
    }

    private void addBytes() {
        for (int x = 0, left = 0; x < columns; x++, left += cell) {
            int sum = 0;
            for (int offset : sampleX) {
                sum += row[left + offset] & 255;
            }
            sums[x] += sum;
        }
    }

    private void addWords() {
        for (int x = 0, left = 0; x < columns; x++, left += cell) {
            int sum = 0;
            for (int offset : sampleX) {
                int at = (left + offset) * pixelBytes;
                int word = (row[at + high] & 255) << 8 | row[at] & 255;
                sum += word >> shift;
            }
            sums[x] += sum;
        }
    }
}
