/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class VirtualClockTest {

    private static final long HOUR = Duration.ofHours(1).toNanos();

    @Test
    void anAutomaticClockSleepsAnHourInNoTime() {
        var clock = VirtualClock.automatic();
        assertTrue(clock.sleepUntil(VirtualClock.NANO_START + HOUR));
        assertEquals(VirtualClock.NANO_START + HOUR, clock.nanoTime());
        assertEquals(VirtualClock.WALL_START + HOUR, clock.wallTime());
    }

    @Test
    void aSleeperOnAManualClockWakesWhenItsTimeHasCome() throws Exception {
        var clock = VirtualClock.manual();
        var sleeper = CompletableFuture.supplyAsync(() -> clock.sleepUntil(VirtualClock.NANO_START + HOUR));
        clock.awaitSleeper(Duration.ofSeconds(5));
        clock.advance(Duration.ofMinutes(59));
        assertFalse(sleeper.isDone());
        clock.advance(Duration.ofMinutes(1));
        assertTrue(sleeper.get());
    }

    @Test
    void stoppingWakesASleeperWithFalse() throws Exception {
        var clock = VirtualClock.manual();
        var sleeper = CompletableFuture.supplyAsync(() -> clock.sleepUntil(VirtualClock.NANO_START + HOUR));
        clock.awaitSleeper(Duration.ofSeconds(5));
        clock.stop();
        assertFalse(sleeper.get());
    }

    @Test
    void waitingForASleeperThatNeverComesFails() {
        assertThrows(AssertionError.class, () -> VirtualClock.manual().awaitSleeper(Duration.ofMillis(1)));
    }
}
