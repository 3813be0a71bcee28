/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.stage.Clock;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The machine's clocks; sleeping ends early when the stage shall stop. */
final class SystemClock implements Clock {

    /** Whoever stops a stage also unparks its thread, so this only bounds a lost wake-up. */
    private static final long SLICE_NANOS = 250_000_000;

    /** Where the running time of all live sources of the node begins, so that what comes at the same time has the same. */
    private static final long BASE = System.nanoTime();

    private final BooleanSupplier stopping;

    SystemClock(BooleanSupplier stopping) {
        this.stopping = stopping;
    }

    /** The running time of live content that enters the node now. */
    static long runningTime() {
        return System.nanoTime() - BASE;
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long wallTime() {
        var now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    @Override
    public boolean sleepUntil(long nanoTime) {
        while (!stopping.getAsBoolean()) {
            long left = nanoTime - System.nanoTime();
            if (left <= 0) {
                return true;
            }
            LockSupport.parkNanos(this, Math.min(left, SLICE_NANOS));
        }
        return false;
    }
}
