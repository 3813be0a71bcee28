/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.stage.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * A clock that a test turns. An {@linkplain #automatic() automatic} one jumps to whatever a stage sleeps for, so that an
 * hour of pacing takes no time; with a {@linkplain #manual() manual} one the stage sleeps until the test has
 * {@linkplain #advance turned} it that far. Thread-safe.
 */
public final class VirtualClock implements Clock {

    /** {@link #nanoTime} at the start. */
    public static final long NANO_START = 1_000_000_000_000L;

    /** {@link #wallTime} at the start, 2026-01-01T00:00:00Z. */
    public static final long WALL_START =
            TimeUnit.SECONDS.toNanos(Instant.parse("2026-01-01T00:00:00Z").getEpochSecond());

    private final boolean automatic;
    private long now = NANO_START;
    private int sleepers;
    private boolean stopped;

    private VirtualClock(boolean automatic) {
        this.automatic = automatic;
    }

    public static VirtualClock automatic() {
        return new VirtualClock(true);
    }

    public static VirtualClock manual() {
        return new VirtualClock(false);
    }

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    @Override
    public synchronized long wallTime() {
        return WALL_START + now - NANO_START;
    }

    @Override
    public synchronized boolean sleepUntil(long nanoTime) {
        if (automatic) {
            now = Math.max(now, nanoTime);
            return !stopped;
        }
        sleepers++;
        notifyAll();
        try {
            while (!stopped && now < nanoTime) {
                wait();
            }
            return !stopped;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            sleepers--;
        }
    }

    /** Turns the clock forward and wakes those whose time has come. */
    public synchronized void advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("a clock never goes back: " + time);
        }
        now += time.toNanos();
        notifyAll();
    }

    /** Wakes all sleepers, now and from now on, with the answer that they shall stop. */
    public synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    /**
     * Waits until somebody sleeps.
     *
     * @throws AssertionError when nobody does within the timeout of real time
     */
    public synchronized void awaitSleeper(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (sleepers == 0) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new AssertionError("nobody slept on the clock within " + timeout);
            }
            wait(left);
        }
    }
}
