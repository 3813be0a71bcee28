/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.publish;

import io.levada.api.media.TimeBase;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a publisher's tracks lie on the running time. Each begins when it comes; the sender's reports then say how the tracks
 * lie to each other (RFC 3550, 6.4.1). What is put right is only ever put later, so that no track goes back. For one thread.
 */
final class StreamClock {

    /** Between reports clocks drift and jitter; less than that is not followed. */
    private static final long TOLERANCE = 40_000_000L;

    /** Less than a tick. */
    private static final long EXACT = 100_000L;

    /** A wall clock that jumps by more was set. */
    private static final long CLOCK_SET = 2_000_000_000L;

    private final long start;
    private final List<TrackClock> tracks = new ArrayList<>();
    private boolean begun;
    private long startedAt;
    private boolean anchored;
    private long anchor;

    /** @param start the running time of what comes first, nanoseconds */
    StreamClock(long start) {
        this.start = start;
    }

    /** A track's clock, which the others are seen beside. */
    TrackClock track(TimeBase base) {
        var track = new TrackClock(base);
        tracks.add(track);
        return track;
    }

    /** A time is the next of a track; places the track if it has no place yet. */
    void next(TrackClock track, long time, long nanos) {
        if (track.placed()) {
            track.reached(time);
            return;
        }
        if (!begun) {
            begun = true;
            startedAt = nanos;
        }
        track.place(time, start + nanos - startedAt);
        if (track.reported()) {
            align(track);
        }
    }

    void report(TrackClock track, long wallTime, int timestamp) {
        track.report(wallTime, timestamp);
        if (track.placed()) {
            align(track);
        }
    }

    private void align(TrackClock track) {
        long wanted = anchor + track.wallTime(track.last());
        long late = wanted - track.running(track.last());
        boolean first = !track.aligned();
        if (!anchored || Math.abs(late) > CLOCK_SET) {
            anchored = true;
            anchor -= late;
        } else if (Math.abs(late) > (first ? EXACT : TOLERANCE)) {
            if (late > 0) {
                track.move(late);
            } else {
                anchor -= late;
                tracks.stream()
                        .filter(other -> other != track && other.placed())
                        .forEach(other -> other.move(-late));
            }
        }
    }
}
