/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import io.levada.api.media.Packet;
import io.levada.api.media.TimeBase;

/**
 * A stream's one time line, shared by its tracks: nanoseconds that never go back, and where they are on the wall clock.
 * Written by the stage's thread; {@link #wallOffset} is read by any.
 */
public final class RtpTimeline {

    private static final long SLEW = 1_000_000;
    private static final long WINDOW = 5_000_000_000L;
    private static final long BACKWARD = 1_000_000_000L;
    private static final long STEP = 10_000_000_000L;

    private long shift;
    private long newest = Long.MIN_VALUE;
    private long windowEnd = Long.MIN_VALUE;
    private long smallest = Long.MAX_VALUE;
    private volatile long wallOffset;
    private boolean anchored;

    /**
     * Places a packet.
     *
     * @param last where the track's packet before it was placed
     * @return its decoding time on the line
     */
    public long place(Packet packet, TimeBase timeBase, long last) {
        boolean known = packet.dts() != Packet.NO_TIME;
        long time = timeBase.toNanos(known ? packet.dts() : packet.pts());
        if (last != Long.MIN_VALUE && time + shift < last - BACKWARD) {
            // A source that began anew without going on in running time. Readers can't follow a step back.
            shift = newest - time + timeBase.toNanos(Math.max(1, packet.duration()));
        }
        // Before the first B-frames a container may not tell decoding times; presentation times run ahead of them.
        long placed = last == Long.MIN_VALUE ? time + shift : known ? Math.max(last, time + shift) : last;
        newest = Math.max(newest, placed);
        long shown = packet.pts() == Packet.NO_TIME ? placed : timeBase.toNanos(packet.pts()) + shift;
        anchor(packet.stamp().captureTime() - shown, placed);
        return placed;
    }

    /**
     * Follows the capture clock. The smallest distance counts, for it belongs to the packet that was held up least; and
     * once told to readers it moves by a millisecond at a time only, because players move their time stamps with it.
     */
    private void anchor(long offset, long placed) {
        smallest = Math.min(smallest, offset);
        if (!anchored) {
            wallOffset = smallest;
            anchored = true;
            windowEnd = placed + WINDOW;
        } else if (placed >= windowEnd) {
            long distance = smallest - wallOffset;
            wallOffset += Math.abs(distance) > STEP ? distance : Math.max(-SLEW, Math.min(SLEW, distance));
            smallest = Long.MAX_VALUE;
            windowEnd = placed + WINDOW;
        }
    }

    /** What is added to packets' times, nanoseconds. */
    public long shift() {
        return shift;
    }

    /** Wall clock minus this line's presentation time, nanoseconds; the same for all tracks. */
    public long wallOffset() {
        return wallOffset;
    }
}
