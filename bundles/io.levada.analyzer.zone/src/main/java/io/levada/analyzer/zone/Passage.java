/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.zone;

import io.levada.api.media.Point;

/**
 * How a thing passes a line. Going back and forth is no crossing, nor is touching: it counts on which side a thing is after a
 * while, and that its way led between the ends of the line. Times are nanoseconds of running time.
 */
final class Passage {

    /** Where it was last beside the line; null before it was anywhere. */
    private Point before;

    /** Crossings inwards less those outwards that do not count yet. */
    private int open;

    private long changed;

    void see(Line line, Point place, long time) {
        double side = line.side(place);
        if (side == 0) {
            return; // on the line, or in its prolongation
        }
        if (before != null && side > 0 != line.side(before) > 0 && line.meets(before, place)) {
            open += side > 0 ? 1 : -1;
            changed = time;
        }
        before = place;
    }

    /**
     * What counts from now on.
     *
     * @return positive when it went in, negative when it went out, 0 when it did neither
     */
    int settles(long time, long settle) {
        if (open == 0 || time - changed < settle) {
            return 0;
        }
        int direction = Integer.signum(open);
        open = 0;
        return direction;
    }
}
