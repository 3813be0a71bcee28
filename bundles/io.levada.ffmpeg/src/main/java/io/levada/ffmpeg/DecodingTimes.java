/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import java.util.Arrays;

/**
 * Decoding times for pictures that come in decoding order with nothing but presentation times, as RTP carries them (RFC 6184,
 * 5.1): with so many pictures held back, a picture is decoded at the earliest time among the last ones. For one thread.
 */
final class DecodingTimes {

    private final long[] latest;
    private final long step;
    private int count;
    private long last = Long.MIN_VALUE;

    /**
     * @param reordering how many pictures may be decoded before one that is shown earlier
     * @param step about a picture's duration, in ticks
     */
    DecodingTimes(int reordering, long step) {
        this.latest = new long[reordering + 1];
        this.step = step;
    }

    /** Pictures of another kind have come before: times go on rising. */
    void after(DecodingTimes before) {
        last = before.last;
    }

    /** The decoding time of the picture that is shown then. It rises from picture to picture. */
    long of(long pts) {
        if (count == 0) {
            for (int i = 0; i < latest.length; i++) {
                latest[i] = pts - (latest.length - 1 - i) * step;
            }
            count = 1;
        } else {
            latest[0] = pts; // the earliest was given away
            Arrays.sort(latest);
        }
        last = Math.max(last + 1, latest[0]);
        return last;
    }
}
