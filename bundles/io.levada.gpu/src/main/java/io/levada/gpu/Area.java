/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu;

import io.levada.api.media.Placement;
import java.util.Locale;

/**
 * Where the whole picture lies when it is brought to another size, in pixels of that; maybe partly outside.
 *
 * @param x left edge
 * @param y top edge
 * @param width of the whole picture as it is resized
 * @param height of the whole picture as it is resized
 */
record Area(int x, int y, int width, int height) {

    /** How a picture of other proportions is brought to a size. */
    enum Fit {
        LETTERBOX,
        STRETCH,
        CROP;

        static Fit of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /** As {@code cpu.tensor} places it. */
    static Area of(Fit fit, int pictureWidth, int pictureHeight, int width, int height) {
        if (fit == Fit.STRETCH) {
            return new Area(0, 0, width, height);
        }
        double across = (double) width / pictureWidth;
        double down = (double) height / pictureHeight;
        double factor = fit == Fit.LETTERBOX ? Math.min(across, down) : Math.max(across, down);
        int w = Math.max(1, (int) Math.round(pictureWidth * factor));
        int h = Math.max(1, (int) Math.round(pictureHeight * factor));
        return new Area(Math.floorDiv(width - w, 2), Math.floorDiv(height - h, 2), w, h);
    }

    /** In parts of what it was brought to. */
    Placement in(int ofWidth, int ofHeight) {
        return new Placement(
                (double) x / ofWidth, (double) y / ofHeight, (double) width / ofWidth, (double) height / ofHeight);
    }

    /** The same for a plane that has fewer pixels than the picture, rounded up. */
    Area subsampled(int shiftX, int shiftY) {
        return new Area(
                Math.floorDiv(x, 1 << shiftX),
                Math.floorDiv(y, 1 << shiftY),
                width + (1 << shiftX) - 1 >> shiftX,
                height + (1 << shiftY) - 1 >> shiftY);
    }
}
