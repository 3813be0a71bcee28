/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

/**
 * A colour in full-range RGB.
 *
 * @param red 0 to 255
 * @param green 0 to 255
 * @param blue 0 to 255
 */
public record Color(int red, int green, int blue) {

    public static final Color BLACK = new Color(0, 0, 0);
    public static final Color WHITE = new Color(255, 255, 255);
    public static final Color GRAY = new Color(128, 128, 128);
    public static final Color RED = new Color(255, 0, 0);
    public static final Color GREEN = new Color(0, 255, 0);
    public static final Color BLUE = new Color(0, 0, 255);
    public static final Color YELLOW = new Color(255, 255, 0);

    public Color {
        if ((red | green | blue) >>> 8 != 0) {
            throw new IllegalArgumentException("0 to 255 each: " + red + ", " + green + ", " + blue);
        }
    }

    /** A shade of grey, 0 (black) to 255 (white). */
    public static Color gray(int level) {
        return new Color(level, level, level);
    }

    /** As {@code 0xRRGGBB}. */
    public int rgb() {
        return red << 16 | green << 8 | blue;
    }
}
