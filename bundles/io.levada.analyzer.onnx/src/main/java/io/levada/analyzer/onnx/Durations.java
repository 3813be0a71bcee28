/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import java.util.concurrent.atomic.AtomicLongArray;

/** How long something took, of late: percentiles to within a tenth. One thread records, any reads. */
final class Durations {

    private static final int STEPS = 8; // in each doubling
    private static final int BUCKETS = STEPS * 40;
    /** As many as recent ones count; the older half is forgotten when they are full. */
    private static final long MOST = 4096;

    private final AtomicLongArray recent = new AtomicLongArray(BUCKETS);
    private final AtomicLongArray before = new AtomicLongArray(BUCKETS);
    private long count;

    void record(long nanos) {
        if (++count > MOST) {
            for (int i = 0; i < BUCKETS; i++) {
                before.setOpaque(i, recent.getOpaque(i));
                recent.setOpaque(i, 0);
            }
            count = 1;
        }
        int bucket = bucket(Math.max(1, nanos));
        recent.setOpaque(bucket, recent.getOpaque(bucket) + 1);
    }

    private static int bucket(long nanos) {
        int doubling = 63 - Long.numberOfLeadingZeros(nanos);
        int step = doubling < 3 ? 0 : (int) (nanos >>> doubling - 3 & STEPS - 1);
        return Math.min(BUCKETS - 1, doubling * STEPS + step);
    }

    /** Microseconds; 0 when nothing was recorded. */
    long micros(double percentile) {
        long all = 0;
        for (int i = 0; i < BUCKETS; i++) {
            all += recent.getOpaque(i) + before.getOpaque(i);
        }
        long rank = (long) Math.ceil(all * percentile / 100);
        for (int i = 0; i < BUCKETS && all > 0; i++) {
            rank -= recent.getOpaque(i) + before.getOpaque(i);
            if (rank <= 0) {
                long low = 1L << i / STEPS;
                return (low + low / STEPS * (i % STEPS + 1)) / 1000;
            }
        }
        return 0;
    }
}
