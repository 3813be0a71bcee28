/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.source.media;

import io.levada.api.media.TimeBase;

/**
 * Where the content's own times lie on the source's running time. Each epoch (a round of a loop, a jump in the content's
 * timestamps) is shifted so that it follows what came before.
 *
 * <p>Whole rounds are added up in ticks of the longest track, so that its spacing is exact however often it loops, and the
 * other tracks are never off by more than half a tick.
 */
final class Timeline {

    private long start;
    private boolean begun;
    private int epoch;
    private TimeBase roundBase = TimeBase.NANOS;
    private long rounds;
    private long shift;

    /** @param epoch the first epoch's number */
    Timeline(int epoch) {
        this.epoch = epoch;
    }

    /**
     * The content begins; only the first time counts.
     *
     * @param runningTime nanoseconds
     */
    void begin(long runningTime) {
        if (!begun) {
            begun = true;
            start = runningTime;
        }
    }

    int epoch() {
        return epoch;
    }

    /** A round is over: the next begins that much later than it did. */
    void next(long length, TimeBase timeBase) {
        rounds = roundBase.rescaleTo(timeBase, rounds) + length;
        roundBase = timeBase;
        shift = 0;
        epoch++;
    }

    /** The content's own times jump: for the rest of the round they are moved by so many nanoseconds in addition. */
    void jump(long nanos) {
        shift += nanos;
        epoch++;
    }

    /** The offset of the present epoch in ticks. */
    long offset(TimeBase timeBase) {
        return roundBase.rescaleTo(timeBase, rounds) + timeBase.fromNanos(start + shift);
    }
}
