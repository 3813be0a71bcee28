/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.track;

import io.levada.api.media.Region;

/**
 * Where a thing is and goes: its centre and its size, each followed by a filter of its own. With independent noise that is
 * the same as one Kalman filter of eight dimensions.
 */
final class Motion {

    /** No thing is smaller than this part of the picture: a box of no size would know its place for certain. */
    private static final double LEAST = 1e-4;

    private final Coordinate x;
    private final Coordinate y;
    private final Coordinate width;
    private final Coordinate height;

    Motion(Region box) {
        double across = Math.max(LEAST, box.width());
        double down = Math.max(LEAST, box.height());
        x = new Coordinate(box.x() + box.width() / 2, across);
        y = new Coordinate(box.y() + box.height() / 2, down);
        width = new Coordinate(across, across);
        height = new Coordinate(down, down);
    }

    private double across() {
        return Math.max(LEAST, width.value());
    }

    private double down() {
        return Math.max(LEAST, height.value());
    }

    /** @param seen whether it was in the picture before; what is not seen keeps its size */
    void predict(double seconds, boolean seen) {
        if (!seen) {
            width.rest();
            height.rest();
        }
        double across = across();
        double down = down();
        x.predict(seconds, across);
        y.predict(seconds, down);
        width.predict(seconds, across);
        height.predict(seconds, down);
    }

    void correct(Region box) {
        double across = across();
        double down = down();
        x.correct(box.x() + box.width() / 2, across);
        y.correct(box.y() + box.height() / 2, down);
        width.correct(box.width(), across);
        height.correct(box.height(), down);
    }

    /**
     * How far the expected box and a found one cover each other: intersection over union.
     *
     * @param margin by which both are made larger on each side, in parts of their size
     */
    double overlap(Region box, double margin) {
        double share = 1 + 2 * margin;
        double ourWidth = across() * share;
        double ourHeight = down() * share;
        double theirWidth = box.width() * share;
        double theirHeight = box.height() * share;
        double common = common(x.value(), ourWidth, box.x() + box.width() / 2, theirWidth)
                * common(y.value(), ourHeight, box.y() + box.height() / 2, theirHeight);
        return common <= 0 ? 0 : common / (ourWidth * ourHeight + theirWidth * theirHeight - common);
    }

    private static double common(double centre, double length, double otherCentre, double otherLength) {
        double from = Math.max(centre - length / 2, otherCentre - otherLength / 2);
        double to = Math.min(centre + length / 2, otherCentre + otherLength / 2);
        return Math.max(0, to - from);
    }
}
