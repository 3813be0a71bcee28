/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import io.levada.api.media.PixelFormat;

/** What a tensor's element has to be, by the plainest arithmetic: the rule that gpu.tensor and cpu.tensor follow. */
final class Reference {

    private final Player.Picture picture;
    private final int width;
    private final int height;
    private final double kr;
    private final double kb;
    private final boolean full;

    /** The whole picture brought to that size. */
    Reference(Player.Picture picture, int width, int height, boolean bt709, boolean full) {
        this.picture = picture;
        this.width = width;
        this.height = height;
        this.kr = bt709 ? 0.2126 : 0.299;
        this.kb = bt709 ? 0.0722 : 0.114;
        this.full = full;
    }

    /** Red, green and blue from 0 to 255 of an element. */
    double[] colours(int x, int y) {
        var pixels = picture.frame().format().pixelFormat();
        double luma = sample(0, 0, 1, x, y);
        double u;
        double v;
        if (pixels.planes() == 2) {
            u = sample(1, 0, 2, x, y);
            v = sample(1, 1, 2, x, y);
        } else {
            u = sample(1, 0, 1, x, y);
            v = sample(2, 0, 1, x, y);
        }
        double bright = full ? luma : (luma - 16) * 255 / 219;
        double swing = full ? 1 : 255.0 / 224;
        u = (u - 128) * swing;
        v = (v - 128) * swing;
        double red = bright + 2 * (1 - kr) * v;
        double blue = bright + 2 * (1 - kb) * u;
        double green = bright - (2 * (1 - kb) * kb * u + 2 * (1 - kr) * kr * v) / (1 - kr - kb);
        return new double[] {clamp(red), clamp(green), clamp(blue)};
    }

    private static double clamp(double value) {
        return Math.min(255, Math.max(0, value));
    }

    private double sample(int plane, int offset, int step, int x, int y) {
        var format = picture.frame().format();
        var pixels = format.pixelFormat();
        int bytes = pixels.bytesPerPixel();
        int rowBytes = pixels.rowBytes(plane, format.width());
        int columns = rowBytes / (step * bytes);
        int rows = pixels.rows(plane, format.height());
        double atX = (x + 0.5) * columns / width - 0.5;
        double atY = (y + 0.5) * rows / height - 0.5;
        int left = (int) Math.floor(atX);
        int top = (int) Math.floor(atY);
        double partX = atX - left;
        double partY = atY - top;
        double value = 0;
        for (int dy = 0; dy < 2; dy++) {
            for (int dx = 0; dx < 2; dx++) {
                int column = Math.min(columns - 1, Math.max(0, left + dx));
                int row = Math.min(rows - 1, Math.max(0, top + dy));
                int at = row * rowBytes + (column * step + offset) * bytes;
                value += value(plane, at, bytes) * (dx == 0 ? 1 - partX : partX) * (dy == 0 ? 1 - partY : partY);
            }
        }
        return value;
    }

    /** On the scale of 0 to 255. */
    private double value(int plane, int at, int bytes) {
        byte[] from = picture.planes()[plane];
        if (bytes == 1) {
            return from[at] & 0xff;
        }
        int wide = from[at] & 0xff | (from[at + 1] & 0xff) << 8;
        double ten = picture.frame().format().pixelFormat() == PixelFormat.P010 ? wide / 64.0 : wide;
        return full ? ten * 255 / 1023 : ten / 4;
    }
}
