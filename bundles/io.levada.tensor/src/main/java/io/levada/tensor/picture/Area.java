/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.tensor.picture;

import io.levada.api.media.Placement;

/**
 * Where the whole picture lies when it is brought to another size, in pixels of that; maybe partly outside.
 *
 * @param x left edge
 * @param y top edge
 * @param width of the whole picture as it is resized
 * @param height of the whole picture as it is resized
 */
public record Area(int x, int y, int width, int height) {

    /** In parts of what it was brought to. */
    public Placement in(int ofWidth, int ofHeight) {
        return new Placement(
                (double) x / ofWidth, (double) y / ofHeight, (double) width / ofWidth, (double) height / ofHeight);
    }

    /** The same for a plane that has fewer pixels than the picture, rounded up. */
    public Area subsampled(int shiftX, int shiftY) {
        return new Area(
                Math.floorDiv(x, 1 << shiftX),
                Math.floorDiv(y, 1 << shiftY),
                width + (1 << shiftX) - 1 >> shiftX,
                height + (1 << shiftY) - 1 >> shiftY);
    }
}
