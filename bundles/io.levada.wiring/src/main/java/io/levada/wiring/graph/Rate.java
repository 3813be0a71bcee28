/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

/** How fast a counter rises, over the last seconds. */
final class Rate {

    private static final int READINGS = 6;

    private final long[] values = new long[READINGS];
    private final long[] times = new long[READINGS];
    private int count;

    synchronized void sample(long value) {
        int at = count++ % READINGS;
        values[at] = value;
        times[at] = System.nanoTime();
    }

    synchronized double perSecond() {
        int readings = Math.min(count, READINGS);
        if (readings < 2) {
            return 0;
        }
        int newest = (count - 1) % READINGS;
        int oldest = (count - readings) % READINGS;
        return (values[newest] - values[oldest]) * 1e9 / (times[newest] - times[oldest]);
    }
}
