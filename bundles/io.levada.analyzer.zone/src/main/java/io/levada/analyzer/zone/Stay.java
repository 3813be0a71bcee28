/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.zone;

/**
 * Whether a thing is in a zone. A change counts when it has lasted for a while, so that a box that shakes on the border does
 * not go in and out; it is then dated back to when it began. Times are nanoseconds of running time.
 */
final class Stay {

    private boolean inside;
    private boolean seenInside;
    private long changed;
    private long entered;
    private boolean dwelled;

    void see(boolean now, long time) {
        if (now != seenInside) {
            seenInside = now;
            changed = time;
        }
    }

    /** Whether it counts as being inside. */
    boolean inside() {
        return inside;
    }

    /** Whether it has changed for good; once for each change. */
    boolean settles(long time, long settle) {
        if (seenInside == inside || time - changed < settle) {
            return false;
        }
        inside = seenInside;
        if (inside) {
            entered = changed;
            dwelled = false;
        }
        return true;
    }

    /** Whether it has been inside for so long; once for each stay. */
    boolean dwells(long time, long dwell) {
        boolean due = dwell > 0 && inside && !dwelled && time - entered >= dwell;
        dwelled |= due;
        return due;
    }

    /** How long it has been inside, or was if it is no more, up to this time. */
    long lasted(long time) {
        return (seenInside ? time : changed) - entered;
    }
}
