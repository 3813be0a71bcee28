/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for what happens elsewhere: looks again and again, for a bounded time. */
public final class Await {

    private static final Duration PERIOD = Duration.ofMillis(20);

    private Await() {}

    /** Waits until it is so. */
    public static void until(String what, Duration atMost, BooleanSupplier so) {
        value(what, atMost, so::getAsBoolean, Boolean::booleanValue);
    }

    /**
     * Waits for a value that is wanted, and returns it.
     *
     * @throws AssertionError with the last value seen, when it did not come in time
     */
    public static <T> T value(String what, Duration atMost, Supplier<T> looked, Predicate<T> wanted) {
        return value(what, atMost, PERIOD, looked, wanted);
    }

    /** The same, looking so often. */
    public static <T> T value(String what, Duration atMost, Duration period, Supplier<T> looked, Predicate<T> wanted) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            var value = looked.get();
            if (wanted.test(value)) {
                return value;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError(what + ": not within " + atMost.toMillis() + " ms; last seen: " + value);
            }
            LockSupport.parkNanos(period.toNanos());
            if (Thread.interrupted()) {
                throw new AssertionError("interrupted while waiting for: " + what);
            }
        }
    }
}
