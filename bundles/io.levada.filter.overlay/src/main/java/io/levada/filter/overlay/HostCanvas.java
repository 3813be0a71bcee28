/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.filter.overlay;

import io.levada.api.media.HostMemory;
import io.levada.api.media.HostMemoryPool;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.filter.overlay.drawing.Canvas;
import io.levada.filter.overlay.drawing.PixelComponent;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Copies pictures of one format in host memory and paints on the copies.
 *
 * <p>Rows of the copies begin at multiples of {@value #ALIGNMENT} bytes, and as many bytes follow the last one, so that
 * native code may read whole vectors.
 */
final class HostCanvas extends Canvas {

    /** For the widest vectors that FFmpeg uses. */
    static final int ALIGNMENT = 64;

    /** Copies kept for reuse: what the links and an encoder's look-ahead hold at a time. */
    private static final int KEPT = 8;

    private final List<PixelComponent> components;
    private final int[] strides;
    private final HostMemoryPool pool;
    private final ByteBuffer[] planes;

    HostCanvas(VideoFormat format) {
        super(format);
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

    /** Begins a copy, which is painted on until {@link #finish}. */
    HostMemory begin(VideoFrame frame) {
        var memory = pool.take();
        var pixels = format().pixelFormat();
        for (int plane = 0; plane < planes.length; plane++) {
            planes[plane] = memory.writable(plane);
            int rows = pixels.rows(plane, format().height());
            int row = pixels.rowBytes(plane, format().width());
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
        return frame.toBuilder().memory(memory).layout(format(), strides).build();
    }

    @Override
    protected void paint(int left, int top, int right, int bottom, int painted, int... mix) {
        for (int i = 0; i < Math.min(painted, components.size()); i++) {
            paint(components.get(i), left, top, right, bottom, mix[i]);
        }
    }

    private void paint(PixelComponent component, int left, int top, int right, int bottom, int value) {
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
