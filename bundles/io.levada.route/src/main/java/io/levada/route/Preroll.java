/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.route;

import io.levada.api.media.Packet;
import java.util.ArrayDeque;

/**
 * The packets that are held back while a gate is shut, bounded in time and bytes: from a keyframe on, or from where the gate
 * was shut on as long as nothing is missing since. It holds a reference of each. Used in the stage's calls.
 */
final class Preroll {

    static final long MOST_BYTES = 64_000_000;

    /** Events are about pictures of a moment ago: as much more is kept. */
    private static final long LATENESS_NANOS = 1_000_000_000;

    private final ArrayDeque<Packet> packets = new ArrayDeque<>();
    private long nanos;
    private boolean video;
    private long bytes;
    /** Whether the first packet follows what was let through last, with nothing missing in between. */
    private boolean continuing;

    /**
     * @param nanos how much to keep
     * @param video whether decoding can begin at keyframes alone
     */
    void keep(long nanos, boolean video) {
        this.nanos = nanos;
        this.video = video;
    }

    /** What is added next follows what was let through last. */
    void continueFromHere() {
        clear();
        continuing = true;
    }

    /** Puts it behind the others, with a reference of its own, unless it is the first and nothing can begin with it. */
    void append(Packet packet) {
        if (!packets.isEmpty() || continuing || starts(packet)) {
            packet.retain();
            packets.add(packet);
            bytes += packet.bytes();
        }
    }

    /** The same, and what is older than need be goes. */
    void add(Packet packet) {
        append(packet);
        if (starts(packet)) {
            trim(packet.stamp().runningTime() - nanos - LATENESS_NANOS);
        }
        while (bytes > MOST_BYTES) {
            dropToNextStart();
        }
    }

    /** Drops what comes before the last packet to begin with that is not after a moment. */
    private void trim(long moment) {
        while (secondStart(moment)) {
            dropToNextStart();
        }
    }

    private boolean secondStart(long moment) {
        boolean first = true;
        for (var packet : packets) {
            if (!first && starts(packet)) {
                return packet.stamp().runningTime() <= moment;
            }
            first = false;
        }
        return false;
    }

    private void dropToNextStart() {
        do {
            take().release();
        } while (!packets.isEmpty() && !starts(packets.peek()));
        continuing = false;
    }

    /**
     * Makes the first packet the one to begin with: the last from which decoding can begin that is not after a moment.
     *
     * @return whether it goes on where what was let through last ended
     */
    boolean beginAt(long moment) {
        trim(moment);
        boolean continues = continuing;
        continuing = false;
        return continues;
    }

    boolean isEmpty() {
        return packets.isEmpty();
    }

    Packet first() {
        return packets.element();
    }

    /** Takes out the first; the caller owns its reference. */
    Packet take() {
        var first = packets.remove();
        bytes -= first.bytes();
        return first;
    }

    void clear() {
        packets.forEach(Packet::release);
        packets.clear();
        bytes = 0;
        continuing = false;
    }

    private boolean starts(Packet packet) {
        return packet.keyframe() || !video;
    }
}
