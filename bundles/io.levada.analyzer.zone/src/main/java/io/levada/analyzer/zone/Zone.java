/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.zone;

import io.levada.api.media.Point;
import java.util.List;

/** A part of the picture with a name: a polygon, convex or not. */
record Zone(String name, List<Point> corners) {

    private static final double LEAST_AREA = 1e-6;

    /** By the even-odd rule. */
    boolean holds(Point place) {
        boolean inside = false;
        for (int i = 0, before = corners.size() - 1; i < corners.size(); before = i++) {
            var a = corners.get(i);
            var b = corners.get(before);
            boolean between = a.y() > place.y() != b.y() > place.y();
            if (between && place.x() < (b.x() - a.x()) * (place.y() - a.y()) / (b.y() - a.y()) + a.x()) {
                inside = !inside;
            }
        }
        return inside;
    }

    /** Whether it has no inside. */
    boolean flat() {
        double twice = 0;
        for (int i = 0, before = corners.size() - 1; i < corners.size(); before = i++) {
            var a = corners.get(before);
            var b = corners.get(i);
            twice += a.x() * b.y() - b.x() * a.y();
        }
        return Math.abs(twice) < 2 * LEAST_AREA;
    }

    /** Whether two of its edges cross, so that it is not clear what is inside. */
    boolean tangled() {
        int count = corners.size();
        for (int i = 0; i < count; i++) {
            var edge = new Line("", corners.get(i), corners.get((i + 1) % count));
            for (int j = i + 2; j < count; j++) {
                boolean neighbours = i == 0 && j == count - 1;
                if (!neighbours && edge.crosses(corners.get(j), corners.get((j + 1) % count))) {
                    return true;
                }
            }
        }
        return false;
    }
}
