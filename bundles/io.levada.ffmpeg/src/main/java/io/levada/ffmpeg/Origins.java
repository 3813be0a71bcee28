/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import io.levada.api.media.Sample;
import io.levada.api.media.Stamp;

/**
 * What went into a codec or filter, so that what comes out of it later can say where it comes from. Each sample gets a
 * number, which libav can carry along where it has an {@code opaque}; else the presentation time tells. A ring: codecs hold
 * back far fewer samples than it has room for. One thread.
 */
public final class Origins {

    private static final int SIZE = 256;
    private static final int MASK = SIZE - 1;

    private final long[] numbers = new long[SIZE];
    private final long[] times = new long[SIZE];
    private final Stamp[] stamps = new Stamp[SIZE];
    private final boolean[] preroll = new boolean[SIZE];
    private final boolean[] discontinuity = new boolean[SIZE];

    private long last;
    private int found;

    public Origins() {
        clear();
    }

    /**
     * Enters a sample.
     *
     * @param time its presentation time in the ticks in which it will be looked for
     * @return its number; never 0, which is libav's for none
     */
    public long add(Sample sample, long time) {
        int slot = (int) (++last & MASK);
        numbers[slot] = last;
        times[slot] = time;
        stamps[slot] = sample.stamp();
        preroll[slot] = sample.preroll();
        discontinuity[slot] = sample.discontinuity();
        return last;
    }

    /**
     * Finds the sample of that number and time; the methods below are about it then. Where the two do not agree the time
     * decides, for some decoders hand an older frame out again under its old number (VP9's show-existing-frame). Where
     * neither is known it is the last sample not later than the time, or the newest.
     *
     * @param number 0 if not known
     * @param time {@link Sample#NO_TIME} if not known
     */
    public void find(long number, long time) {
        int slot = (int) (number & MASK);
        boolean numbered = number > 0 && numbers[slot] == number;
        if (numbered && (times[slot] == time || time == Sample.NO_TIME)) {
            found = slot;
            return;
        }
        int nearest = time == Sample.NO_TIME ? -1 : nearest(time);
        if (nearest >= 0 && (!numbered || times[nearest] == time)) {
            found = nearest;
        } else {
            found = numbered ? slot : (int) (last & MASK);
        }
    }

    /**
     * Finds the sample of exactly that time; the methods below are about it then.
     *
     * @return false when there is none, and nothing has changed
     */
    public boolean find(long time) {
        int nearest = time == Sample.NO_TIME ? -1 : nearest(time);
        if (nearest < 0 || times[nearest] != time) {
            return false;
        }
        found = nearest;
        return true;
    }

    /** The last one not later than the time; exact ones end the search, and are among the newest. */
    private int nearest(long time) {
        int nearest = -1;
        for (long number = last; number > last - SIZE && number > 0; number--) {
            int slot = (int) (number & MASK);
            if (numbers[slot] != number) {
                break; // cleared before it was overwritten
            }
            if (times[slot] == time) {
                return slot;
            }
            if (times[slot] < time && times[slot] != Sample.NO_TIME && (nearest < 0 || times[slot] > times[nearest])) {
                nearest = slot;
            }
        }
        return nearest;
    }

    /** Null before the first sample. */
    public Stamp stamp() {
        return stamps[found];
    }

    public boolean preroll() {
        return preroll[found];
    }

    /** Told once for a sample: of several things made of it only the first comes after the discontinuity. */
    public boolean takeDiscontinuity() {
        boolean told = discontinuity[found];
        discontinuity[found] = false;
        return told;
    }

    /** Forgets all; the numbers go on, so that nothing from before is taken for something new. */
    public void clear() {
        for (int i = 0; i < SIZE; i++) {
            numbers[i] = 0;
            times[i] = Sample.NO_TIME;
            stamps[i] = null;
        }
        found = (int) (last & MASK);
    }
}
