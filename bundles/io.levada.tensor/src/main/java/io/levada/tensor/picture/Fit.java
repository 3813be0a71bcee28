/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.tensor.picture;

import java.util.Locale;

/** How a picture is brought to the size of a tensor. */
public enum Fit {
    /** Whole and in its proportions, in the middle, with grey beside it. */
    LETTERBOX,
    /** Whole, whatever becomes of its proportions. */
    STRETCH,
    /** In its proportions, as large as fills the tensor; what is beyond is left out on both sides alike. */
    CROP;

    /** By its word, in any case. */
    public static Fit of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    /** Where the picture lies, in pixels of the tensor. */
    public Area place(int pictureWidth, int pictureHeight, int width, int height) {
        if (this == STRETCH) {
            return new Area(0, 0, width, height);
        }
        double across = (double) width / pictureWidth;
        double down = (double) height / pictureHeight;
        double factor = this == LETTERBOX ? Math.min(across, down) : Math.max(across, down);
        int w = Math.max(1, (int) Math.round(pictureWidth * factor));
        int h = Math.max(1, (int) Math.round(pictureHeight * factor));
        return new Area(Math.floorDiv(width - w, 2), Math.floorDiv(height - h, 2), w, h);
    }
}
