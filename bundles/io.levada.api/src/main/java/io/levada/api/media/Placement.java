/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

/**
 * Where a picture lies in a tensor that was made of it, so that what is found in the tensor can be told in the picture. In
 * parts of the tensor's width and height; a picture of which only a part went in lies partly outside, from below 0 to above 1.
 *
 * @param x left edge of the picture
 * @param y top edge
 * @param width of the whole picture
 * @param height of the whole picture
 */
public record Placement(double x, double y, double width, double height) {

    /** The picture fills the tensor. */
    public static final Placement WHOLE = new Placement(0, 0, 1, 1);

    /**
     * What was found in the tensor, in the picture: cut off at the picture's edges.
     *
     * @param left in parts of the tensor's width, as are the others of its width or height
     */
    public Region region(String label, double score, double left, double top, double right, double bottom) {
        double x0 = inside((left - x) / width);
        double y0 = inside((top - y) / height);
        return new Region(label, score, x0, y0, inside((right - x) / width) - x0, inside((bottom - y) / height) - y0);
    }

    private static double inside(double part) {
        return Math.min(1, Math.max(0, part));
    }
}
