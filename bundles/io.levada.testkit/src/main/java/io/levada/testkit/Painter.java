/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.media.HostMemory;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.VideoFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes a picture into memory in any described pixel format; BT.601, in the format's range. */
final class Painter {

    private static final byte GARBAGE = (byte) 0xA7;

    private final HostMemory memory;
    private final VideoFormat format;
    private final PixelFormat pixels;
    private final int[] strides;
    private final boolean full;

    Painter(HostMemory memory, VideoFormat format, int... strides) {
        this.memory = memory;
        this.format = format;
        this.pixels = format.pixelFormat();
        this.strides = strides;
        this.full = !format.colorRange().equals("tv");
        for (int plane = 0; plane < strides.length; plane++) {
            ByteBuffer bytes = plane(plane);
            for (int i = 0; i < bytes.limit(); i++) {
                bytes.put(i, GARBAGE);
            }
        }
    }

    void paint(Picture picture) {
        if (!pixels.luma()) {
            paintPacked(picture);
            return;
        }
        paintPlane(0, picture, 0);
        if (pixels.planes() == 3) {
            paintPlane(1, picture, 1);
            paintPlane(2, picture, 2);
        } else if (pixels.planes() == 2) {
            paintPlane(1, picture, 1);
        }
    }

    private ByteBuffer plane(int plane) {
        return memory.writable(plane).duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Chroma takes the pixel at the top left of those it stands for; two planes mean that U and V alternate in one. */
    private void paintPlane(int plane, Picture picture, int component) {
        ByteBuffer bytes = plane(plane);
        boolean interleaved = plane == 1 && pixels.planes() == 2;
        int sampleBytes = pixels.bytesPerPixel();
        int step = interleaved ? 2 * sampleBytes : sampleBytes;
        int rows = pixels.rows(plane, format.height());
        int columns = pixels.rowBytes(plane, format.width()) / step;
        int stepX = plane == 0 ? 1 : (format.width() + columns - 1) / columns;
        int stepY = plane == 0 ? 1 : (format.height() + rows - 1) / rows;
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                int rgb = picture.rgb(column * stepX, row * stepY);
                int at = row * strides[plane] + column * step;
                put(bytes, at, value(component, rgb));
                if (interleaved) {
                    put(bytes, at + sampleBytes, value(2, rgb));
                }
            }
        }
    }

    private void put(ByteBuffer bytes, int at, int value) {
        switch (pixels.name()) {
            case "yuv420p10le", "yuv422p10le" -> bytes.putShort(at, (short) (value << 2));
            case "p010le" -> bytes.putShort(at, (short) (value << 8));
            default -> bytes.put(at, (byte) value);
        }
    }

    /** Component 0 is Y, 1 is U (Cb), 2 is V (Cr), each of 8 bits. */
    private int value(int component, int rgb) {
        double red = (rgb >> 16 & 255) / 255.0;
        double green = (rgb >> 8 & 255) / 255.0;
        double blue = (rgb & 255) / 255.0;
        double luma = 0.299 * red + 0.587 * green + 0.114 * blue;
        return (int) Math.round(
                switch (component) {
                    case 0 -> full ? 255 * luma : 16 + 219 * luma;
                    case 1 -> Math.min(255, 128 + (full ? 255 : 224) * (blue - luma) / 1.772);
                    default -> Math.min(255, 128 + (full ? 255 : 224) * (red - luma) / 1.402);
                });
    }

    private void paintPacked(Picture picture) {
        ByteBuffer bytes = plane(0);
        String order = pixels.name().replaceAll("\\d", "");
        for (int y = 0; y < format.height(); y++) {
            for (int x = 0; x < format.width(); x++) {
                int rgb = picture.rgb(x, y);
                int at = y * strides[0] + x * pixels.bytesPerPixel();
                for (int i = 0; i < order.length(); i++) {
                    bytes.put(at + i, (byte)
                            switch (order.charAt(i)) {
                                case 'r' -> rgb >> 16;
                                case 'g' -> rgb >> 8;
                                case 'b' -> rgb;
                                default -> 255;
                            });
                }
            }
        }
    }
}
