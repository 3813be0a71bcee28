/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.filter.overlay;

import io.levada.api.media.HostMemory;
import io.levada.api.media.HostMemoryPool;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Copies pictures of one format and paints on the copies. Coordinates are pixels; what lies outside is cut off.
 *
 * <p>Rows of the copies begin at multiples of {@value #ALIGNMENT} bytes, and as many bytes follow the last one, so that
 * native code may read whole vectors.
 */
final class Canvas {

    /** For the widest vectors that FFmpeg uses. */
    static final int ALIGNMENT = 64;

    /** Copies kept for reuse: what the links and an encoder's look-ahead hold at a time. */
    private static final int KEPT = 8;

    private final VideoFormat format;
    private final List<PixelComponent> components;
    private final int[] strides;
    private final HostMemoryPool pool;
    private final ByteBuffer[] planes;

    Canvas(VideoFormat format) {
        this.format = format;
        var pixels = format.pixelFormat();
        components = PixelComponent.of(pixels);
        strides = new int[pixels.planes()];
        planes = new ByteBuffer[strides.length];
        int[] sizes = new int[strides.length];
        for (int plane = 0; plane < strides.length; plane++) {
            int row = pixels.rowBytes(plane, format.width());
            strides[plane] = (row + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
            sizes[plane] = strides[plane] * pixels.rows(plane, format.height()) + ALIGNMENT;
        }
        pool = new HostMemoryPool(KEPT, sizes);
    }

    int width() {
        return format.width();
    }

    int height() {
        return format.height();
    }

    /** What a colour is in the format: a value of 8 bits for each component. */
    int[] mix(Paint paint) {
        return format.pixelFormat().luma() ? paint.yuv(format) : new int[] {paint.red(), paint.green(), paint.blue()};
    }

    /** Begins a copy, which is painted on until {@link #finish}. */
    HostMemory begin(VideoFrame frame) {
        var memory = pool.take();
        var pixels = format.pixelFormat();
        for (int plane = 0; plane < planes.length; plane++) {
            planes[plane] = memory.writable(plane);
            int rows = pixels.rows(plane, format.height());
            int row = pixels.rowBytes(plane, format.width());
            copy(frame.plane(plane), frame.stride(plane), planes[plane], strides[plane], row, rows);
        }
        return memory;
    }

    private static void copy(ByteBuffer from, int fromStride, ByteBuffer to, int toStride, int row, int rows) {
        if (fromStride == toStride) {
            to.put(0, from, 0, (rows - 1) * toStride + row);
            return;
        }
        for (int y = 0; y < rows; y++) {
            to.put(y * toStride, from, y * fromStride, row);
        }
    }

    /** The copy as a frame like the one that it was made of. */
    VideoFrame finish(HostMemory memory, VideoFrame frame) {
        return frame.toBuilder().memory(memory).layout(format, strides).build();
    }

    /** Paints a filled rectangle. */
    void fill(int x, int y, int width, int height, int... mix) {
        for (int i = 0; i < components.size(); i++) {
            fill(components.get(i), x, y, width, height, mix[i]);
        }
    }

    /** Paints a line as squares of a pen, one beside the other; the pen lies on chroma values, so {@code pen} is even. */
    void line(double fromX, double fromY, double toX, double toY, int pen, int... mix) {
        int steps = (int) Math.ceil(Math.max(Math.abs(toX - fromX), Math.abs(toY - fromY)) / 2);
        for (int i = 0; i <= steps; i++) {
            double part = steps == 0 ? 0 : (double) i / steps;
            int x = (int) Math.round((fromX + part * (toX - fromX) - pen / 2.0) / 2) * 2;
            int y = (int) Math.round((fromY + part * (toY - fromY) - pen / 2.0) / 2) * 2;
            fill(x, y, pen, pen, mix);
        }
    }

    /**
     * Paints text in squares of {@code scale} pixels. In formats with brightness apart only that is painted: glyphs are finer
     * than chroma, which stays that of the ground.
     */
    void text(CharSequence text, int x, int y, int scale, int... mix) {
        int painted = format.pixelFormat().luma() ? 1 : components.size();
        for (int i = 0; i < text.length(); i++) {
            int left = x + i * Font.ADVANCE * scale;
            for (int row = 0; row < Font.HEIGHT; row++) {
                int bits = Font.row(text.charAt(i), row);
                for (int component = 0; bits != 0 && component < painted; component++) {
                    glyphRow(components.get(component), bits, left, y + row * scale, scale, mix[component]);
                }
            }
        }
    }

    private void glyphRow(PixelComponent component, int bits, int x, int y, int scale, int value) {
        int column = 0;
        while (column < Font.WIDTH) {
            int start = column;
            while (column < Font.WIDTH && (bits >> Font.WIDTH - 1 - column & 1) != 0) {
                column++;
            }
            if (column > start) {
                fill(component, x + start * scale, y, (column - start) * scale, scale, value);
            }
            column++;
        }
    }

    private void fill(PixelComponent component, int x, int y, int width, int height, int value) {
        int left = Math.max(0, x);
        int top = Math.max(0, y);
        int right = Math.min(format.width(), x + width);
        int bottom = Math.min(format.height(), y + height);
        if (left >= right || top >= bottom) {
            return;
        }
        int first = left >> component.shiftX();
        int last = (right - 1) >> component.shiftX();
        ByteBuffer plane = planes[component.plane()];
        for (int row = top >> component.shiftY(); row <= (bottom - 1) >> component.shiftY(); row++) {
            int at = row * strides[component.plane()] + first * component.step() + component.offset();
            for (int column = first; column <= last; column++, at += component.step()) {
                if (component.bits() == 0) {
                    plane.put(at, (byte) value);
                } else {
                    putLittleEndian(plane, at, value << component.bits());
                }
            }
        }
    }

    private static void putLittleEndian(ByteBuffer plane, int at, int value) {
        plane.putShort(
                at, plane.order() == ByteOrder.LITTLE_ENDIAN ? (short) value : Short.reverseBytes((short) value));
    }
}
