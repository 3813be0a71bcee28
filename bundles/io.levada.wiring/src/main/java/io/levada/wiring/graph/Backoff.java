/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

/** How long to wait before the next attempt: 1 s, doubled each time up to 30 s, and back to 1 s after a minute of success. */
final class Backoff {

    private static final long FIRST_NANOS = 1_000_000_000L;
    private static final long MOST_NANOS = 30_000_000_000L;
    private static final long GOOD_NANOS = 60_000_000_000L;

    private final int most;
    private long next = FIRST_NANOS;
    private int attempts;
    private long startedAt = System.nanoTime();

    /** @param most attempts in a row */
    Backoff(int most) {
        this.most = most;
    }

    /** An attempt begins. */
    void started() {
        startedAt = System.nanoTime();
    }

    /** Nanoseconds until the next attempt, or -1 when there shall be none. */
    long failed() {
        if (System.nanoTime() - startedAt > GOOD_NANOS) {
            next = FIRST_NANOS;
            attempts = 0;
        }
        if (attempts++ >= most) {
            return -1;
        }
        long wait = next;
        next = Math.min(MOST_NANOS, 2 * next);
        return wait;
    }

    int attempts() {
        return attempts;
    }
}
