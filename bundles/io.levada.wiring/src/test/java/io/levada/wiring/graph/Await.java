/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a condition that another thread brings about. */
public final class Await {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private Await() {}

    /**
     * @param what is awaited, for the message
     * @param found says what there is instead
     */
    public static void until(String what, Supplier<?> found, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + LIMIT + ": " + what + "; found " + found.get());
            }
            LockSupport.parkNanos(500_000);
        }
    }
}
