/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.levada.api.media.PixelFormat;
import io.levada.api.media.VideoFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class RectanglesTest {

    private final Rectangles list =
            new Rectangles(VideoFormat.of(8192, 4320, PixelFormat.NV12).build());

    private ByteBuffer content() {
        var content = ByteBuffer.allocate(list.count() * Rectangles.SIZE).order(ByteOrder.nativeOrder());
        list.copyTo(content);
        return content;
    }

    @Test
    void moreThanThereWasRoomForKeepTheirOrder() {
        for (int i = 0; i < 5000; i++) {
            list.paint(i, 1, i + 2, 3, 1, 16, 128, 255);
        }
        assertEquals(5000, list.count());
        var content = content();
        for (int i = 0; i < 5000; i++) {
            assertEquals(i, content.getShort(i * Rectangles.SIZE));
            assertEquals(i + 2, content.getShort(i * Rectangles.SIZE + 4));
        }
        assertEquals((byte) 255, content.get(10));
        assertEquals(1, content.get(11));
    }

    @Test
    void anotherPictureBeginsWithNone() {
        list.paint(0, 0, 2, 2, 3, 1, 2, 3);
        list.begin();
        assertEquals(0, list.count());
        list.paint(4, 0, 6, 2, 3, 1, 2, 3);
        assertEquals(4, content().getShort(0));
    }
}
