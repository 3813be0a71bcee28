/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.publish;

import io.levada.api.media.TimeBase;

/** One track's RTP clock: its place on the running time, and what the sender's reports say of it. Times are in its ticks. */
final class TrackClock {

    /** What lies at least between two clocks. */
    private static final long STEP = 1_000_000L;

    private final TimeBase base;
    private boolean placed;
    private long offset;
    private long earliest = Long.MIN_VALUE;
    private long last;
    private boolean reported;
    private boolean aligned;
    private long wallTime;
    private int timestamp;

    TrackClock(TimeBase base) {
        this.base = base;
    }

    TimeBase base() {
        return base;
    }

    boolean placed() {
        return placed;
    }

    /** Puts a time at a running time, but not before what came, and those around it beside it. */
    void place(long time, long running) {
        placed = true;
        last = time;
        offset = base.fromNanos(Math.max(running, earliest)) - time;
    }

    /** It came so far. */
    void reached(long time) {
        last = time;
    }

    void move(long nanos) {
        offset += base.fromNanos(nanos);
    }

    /** On the running time, in ticks. */
    long map(long time) {
        return time + offset;
    }

    /** On the running time, nanoseconds. */
    long running(long time) {
        return base.toNanos(time + offset);
    }

    long last() {
        return last;
    }

    /** A sender's report: the same instant on both clocks. */
    void report(long wallTime, int timestamp) {
        this.reported = true;
        this.wallTime = wallTime;
        this.timestamp = timestamp;
    }

    boolean reported() {
        return reported;
    }

    /** Whether its place is that of the sender's wall clock; the first time that it is asked it is not. */
    boolean aligned() {
        boolean before = aligned;
        aligned = true;
        return before;
    }

    /** The sender's wall clock at a time; only if it is reported. */
    long wallTime(long time) {
        return wallTime + base.toNanos((int) time - timestamp);
    }

    /** Another clock follows. */
    void forget() {
        earliest = placed ? running(last) + STEP : earliest;
        placed = false;
        reported = false;
        aligned = false;
    }
}
