/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.filter.overlay.drawing;

import io.levada.api.media.VideoFormat;

/** Paints lines, text and rectangles as rectangles. Coordinates are pixels; what lies outside is cut off. */
public abstract class Canvas {

    private static final int COMPONENTS = 3;

    private final VideoFormat format;

    protected Canvas(VideoFormat format) {
        this.format = format;
    }

    protected final VideoFormat format() {
        return format;
    }

    final int width() {
        return format.width();
    }

    final int height() {
        return format.height();
    }

    /** What a colour is in the format: a value of 8 bits for each component. */
    final int[] mix(Paint paint) {
        return format.pixelFormat().luma() ? paint.yuv(format) : new int[] {paint.red(), paint.green(), paint.blue()};
    }

    /**
     * Paints a rectangle that lies within the picture and is not empty. Values that are shared by pixels are painted when one
     * of those is.
     *
     * @param right behind the last column
     * @param bottom behind the last row
     * @param components how many are painted; more than the format has are left out
     * @param mix a value of 8 bits for each
     */
    protected abstract void paint(int left, int top, int right, int bottom, int components, int... mix);

    /** Paints a filled rectangle. */
    final void fill(int x, int y, int width, int height, int... mix) {
        fill(x, y, width, height, COMPONENTS, mix);
    }

    private void fill(int x, int y, int width, int height, int components, int... mix) {
        int left = Math.max(0, x);
        int top = Math.max(0, y);
        int right = Math.min(width(), x + width);
        int bottom = Math.min(height(), y + height);
        if (left < right && top < bottom) {
            paint(left, top, right, bottom, components, mix);
        }
    }

    /** Paints a line as squares of a pen, one beside the other; the pen lies on chroma values, so {@code pen} is even. */
    final void line(double fromX, double fromY, double toX, double toY, int pen, int... mix) {
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
    final void text(CharSequence text, int x, int y, int scale, int... mix) {
        int components = format.pixelFormat().luma() ? 1 : COMPONENTS;
        for (int i = 0; i < text.length(); i++) {
            int left = x + i * Font.ADVANCE * scale;
            for (int row = 0; row < Font.HEIGHT; row++) {
                glyphRow(Font.row(text.charAt(i), row), left, y + row * scale, scale, components, mix);
            }
        }
    }

    private void glyphRow(int bits, int x, int y, int scale, int components, int... mix) {
        int column = 0;
        while (column < Font.WIDTH) {
            int start = column;
            while (column < Font.WIDTH && (bits >> Font.WIDTH - 1 - column & 1) != 0) {
                column++;
            }
            if (column > start) {
                fill(x + start * scale, y, (column - start) * scale, scale, components, mix);
            }
            column++;
        }
    }
}
