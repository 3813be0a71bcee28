/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu;

import io.levada.api.media.VideoFormat;
import io.levada.filter.overlay.drawing.Canvas;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What is painted on a picture, as a list for the kernel: {@code { short left, top, right, bottom; char mix[3], components; }}. */
final class Rectangles extends Canvas {

    /** Bytes of one; the kernel reads them at once. */
    static final int SIZE = 16;

    private static final int AT_FIRST = 1 << 10;

    private ByteBuffer list = allocate(AT_FIRST);

    Rectangles(VideoFormat format) {
        super(format);
    }

    private static ByteBuffer allocate(int count) {
        return ByteBuffer.allocateDirect(count * SIZE).order(ByteOrder.nativeOrder());
    }

    /** Another picture comes. */
    void begin() {
        list.clear();
    }

    int count() {
        return list.position() / SIZE;
    }

    /** So many bytes. */
    void copyTo(ByteBuffer memory) {
        memory.put(0, list, 0, list.position());
    }

    @Override
    protected void paint(int left, int top, int right, int bottom, int components, int... mix) {
        if (!list.hasRemaining()) {
            list = allocate(2 * count()).put(list.flip());
        }
        list.putShort((short) left)
                .putShort((short) top)
                .putShort((short) right)
                .putShort((short) bottom);
        for (int i = 0; i < 3; i++) {
            list.put((byte) mix[i]);
        }
        list.put((byte) components).putInt(0);
    }
}
