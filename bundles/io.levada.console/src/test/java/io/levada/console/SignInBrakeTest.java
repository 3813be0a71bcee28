/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.console;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SignInBrakeTest {

    private static final String HERE = "10.0.0.7";
    private static final String THERE = "10.0.0.8";

    private long nanos = Long.MAX_VALUE - 5; // the clock may begin anywhere
    private final SignInBrake brake = new SignInBrake(() -> nanos);

    @Test
    void anAddressIsRefusedAfterFiveFailuresAndNoOther() {
        fail(SignInBrake.FAILURES - 1);
        assertFalse(brake.refuses(HERE));
        fail(1);
        assertTrue(brake.refuses(HERE));
        assertFalse(brake.refuses(THERE));
    }

    @Test
    void itMayTryAgainAMinuteAfterTheLastFailure() {
        fail(SignInBrake.FAILURES - 1);
        pass(SignInBrake.PERIOD.minusSeconds(1));
        fail(1);
        pass(SignInBrake.PERIOD.minusNanos(1));
        assertTrue(brake.refuses(HERE));
        pass(Duration.ofNanos(1));
        assertFalse(brake.refuses(HERE));
        fail(SignInBrake.FAILURES - 1);
        assertFalse(brake.refuses(HERE));
    }

    @Test
    void failuresOfMoreThanAMinuteAreNotAddedUp() {
        for (int i = 0; i < 2 * SignInBrake.FAILURES; i++) {
            fail(1);
            pass(SignInBrake.PERIOD.dividedBy(3));
        }
        assertFalse(brake.refuses(HERE));
    }

    @Test
    void whoSignsInBeginsAnew() {
        fail(SignInBrake.FAILURES - 1);
        brake.succeeded(HERE);
        fail(SignInBrake.FAILURES - 1);
        assertFalse(brake.refuses(HERE));
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            brake.failed("admin", HERE);
        }
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }
}
