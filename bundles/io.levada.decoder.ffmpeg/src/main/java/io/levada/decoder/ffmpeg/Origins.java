/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.decoder.ffmpeg;

import io.levada.api.media.Packet;
import io.levada.api.media.Sample;
import io.levada.api.media.Stamp;

/**
 * Which packet a frame comes from. Each packet gets a number that libavcodec copies to the frame. Some decoders hand an
 * older frame out again and keep its number (VP9's show-existing-frame), so that the presentation time decides where the
 * two differ. A ring: codecs hold back far fewer packets than it has room for.
 */
final class Origins {

    private static final int SIZE = 256;
    private static final int MASK = SIZE - 1;

    private final long[] numbers = new long[SIZE];
    private final long[] times = new long[SIZE];
    private final Stamp[] stamps = new Stamp[SIZE];
    private final boolean[] preroll = new boolean[SIZE];
    private final boolean[] discontinuity = new boolean[SIZE];

    private long last;
    private int found;

    /** Enters a packet; its number is never 0, which is libav's for none. */
    long add(Packet packet) {
        int slot = (int) (++last & MASK);
        numbers[slot] = last;
        times[slot] = packet.pts();
        stamps[slot] = packet.stamp();
        preroll[slot] = packet.preroll();
        discontinuity[slot] = packet.discontinuity();
        return last;
    }

    /** Finds the packet of a frame; the other methods are about it then. Falls back to the newest one. */
    void find(long number, long time) {
        int slot = (int) (number & MASK);
        boolean numbered = number > 0 && numbers[slot] == number;
        if (numbered && (times[slot] == time || time == Sample.NO_TIME)) {
            found = slot;
            return;
        }
        if (time != Sample.NO_TIME) {
            for (int back = 0; back < SIZE && back < last; back++) {
                int candidate = (int) ((last - back) & MASK);
                if (times[candidate] == time) {
                    found = candidate;
                    return;
                }
            }
        }
        found = numbered ? slot : (int) (last & MASK);
    }

    Stamp stamp() {
        return stamps[found];
    }

    boolean preroll() {
        return preroll[found];
    }

    /** Told once for a packet: of several frames only the first comes after the discontinuity. */
    boolean takeDiscontinuity() {
        boolean told = discontinuity[found];
        discontinuity[found] = false;
        return told;
    }

    /** The numbers go on, so that nothing from before is taken for something new. */
    void clear() {
        for (int i = 0; i < SIZE; i++) {
            numbers[i] = 0;
            times[i] = Sample.NO_TIME;
            stamps[i] = null;
        }
        found = 0;
    }
}
