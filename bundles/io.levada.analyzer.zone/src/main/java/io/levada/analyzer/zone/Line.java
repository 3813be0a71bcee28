/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.zone;

import io.levada.api.media.Point;

/**
 * A line with a name from one point to another. Who goes along it has {@code in} at the right hand: crossing a line that is
 * drawn from left to right downwards is in, upwards is out.
 */
record Line(String name, Point from, Point to) {

    /** On which side a place is: positive at the right hand, 0 on the line or in its prolongation. */
    double side(Point place) {
        return (to.x() - from.x()) * (place.y() - from.y()) - (to.y() - from.y()) * (place.x() - from.x());
    }

    /** Whether a way between two places on different sides leads between the line's ends, or through one of them. */
    boolean meets(Point start, Point end) {
        var way = new Line("", start, end);
        return side(start) * side(end) <= 0 && way.side(from) * way.side(to) <= 0;
    }

    /** Whether both cross within; touching, or lying on one line, is not enough. */
    boolean crosses(Point start, Point end) {
        var way = new Line("", start, end);
        return side(start) * side(end) < 0 && way.side(from) * way.side(to) < 0;
    }
}
