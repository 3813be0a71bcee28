/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.stage;

/**
 * Maps media time onto the clock, for a {@link Source} whose content has no pace of its own. After a stall it catches up by
 * at most {@link #CATCH_UP}; what is later than that stays later, instead of being poured out at once. For one thread.
 */
public final class Pacer {

    /** Nanoseconds of media that may follow in a burst after a stall. */
    public static final long CATCH_UP = 500_000_000L;

    private final Clock clock;
    private boolean anchored;
    private long anchor;

    public Pacer(Clock clock) {
        this.clock = clock;
    }

    /**
     * Waits until the media time, in nanoseconds of running time, is due; the first one is due at once.
     *
     * @return false when the stage shall stop
     */
    public boolean await(long mediaNanos) {
        long now = clock.nanoTime();
        if (!anchored) {
            anchored = true;
            anchor = now - mediaNanos;
        }
        long due = anchor + mediaNanos;
        if (due > now) {
            return clock.sleepUntil(due);
        }
        if (now - due > CATCH_UP) {
            anchor = now - mediaNanos - CATCH_UP;
        }
        return true;
    }
}
