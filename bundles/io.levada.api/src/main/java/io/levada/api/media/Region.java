/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

import java.util.List;

/**
 * Something found in a picture. Coordinates are parts of the picture's width and height, so that they stay right when it is
 * scaled: (0, 0) is the top left corner, (1, 1) the bottom right.
 *
 * @param label what it is: {@code motion}, {@code car}
 * @param score how sure the analyzer is, 0 to 1
 * @param x left edge
 * @param y top edge
 * @param width of the box
 * @param height of the box
 * @param track number of the thing by which it is told from others and known again in later pictures; {@link #NO_TRACK} when
 *     nobody follows it
 * @param outline corners of its shape where that is not just the box: two are a line, more a polygon; else empty
 */
public record Region(
        String label, double score, double x, double y, double width, double height, long track, List<Point> outline) {

    /** The track of what nobody follows; those of others are greater. */
    public static final long NO_TRACK = 0;

    public Region {
        outline = List.copyOf(outline);
    }

    /** A box that nobody follows. */
    public Region(String label, double score, double x, double y, double width, double height) {
        this(label, score, x, y, width, height, NO_TRACK, List.of());
    }

    /** A line or a polygon; its box is the smallest around it. */
    public static Region outlined(String label, double score, List<Point> outline) {
        double left = outline.stream().mapToDouble(Point::x).min().orElseThrow();
        double top = outline.stream().mapToDouble(Point::y).min().orElseThrow();
        double right = outline.stream().mapToDouble(Point::x).max().orElseThrow();
        double bottom = outline.stream().mapToDouble(Point::y).max().orElseThrow();
        return new Region(label, score, left, top, right - left, bottom - top, NO_TRACK, outline);
    }

    /** The same as part of a track. */
    public Region tracked(long track) {
        return new Region(label, score, x, y, width, height, track, outline);
    }
}
