/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * The distribution of a time over the last minute, to about 10 %. One thread at a time records, without waiting or
 * allocating; any thread reads.
 */
final class Latency {

    private static final int DIGITS = 1;
    private static final long MOST_MICROS = 3_600_000_000L;
    private static final long HALF_WINDOW_NANOS = 30_000_000_000L;

    private final SingleWriterRecorder recorder = new SingleWriterRecorder(1, MOST_MICROS, DIGITS);
    private Histogram interval;
    private Histogram recent = new Histogram(1, MOST_MICROS, DIGITS);
    private Histogram before = new Histogram(1, MOST_MICROS, DIGITS);
    private long turned = System.nanoTime();

    void record(long nanos) {
        recorder.recordValue(Math.min(MOST_MICROS, Math.max(0, nanos / 1000)));
    }

    /** Takes over what was recorded, so that it gets old; every few seconds. */
    void sample() {
        sample(System.nanoTime());
    }

    synchronized void sample(long now) {
        interval = recorder.getIntervalHistogram(interval);
        if (now - turned > HALF_WINDOW_NANOS) {
            var oldest = before;
            before = recent;
            recent = oldest;
            recent.reset();
            turned = now;
        }
        recent.add(interval);
    }

    /** Nanoseconds at each percentile; 0 while nothing was recorded. */
    synchronized long[] percentiles(double... percentiles) {
        sample();
        var window = before.copy();
        window.add(recent);
        var values = new long[percentiles.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = window.getTotalCount() == 0 ? 0 : window.getValueAtPercentile(percentiles[i]) * 1000;
        }
        return values;
    }
}
