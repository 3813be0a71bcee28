/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FiguresTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;

    @Test
    void latencyIsZeroBeforeThereIsAny() {
        assertArrayEquals(new long[] {0, 0}, new Latency().percentiles(50, 99));
    }

    @Test
    void latencyIsToldToATenth() {
        var latency = new Latency();
        IntStream.rangeClosed(1, 100).forEach(i -> latency.record(i * MILLI));
        var percentiles = latency.percentiles(50, 99);
        assertEquals(50, percentiles[0] / (double) MILLI, 5);
        assertEquals(99, percentiles[1] / (double) MILLI, 10);
    }

    @Test
    void latencyIsAboutTheLastMinuteThoughNobodyLooks() {
        var latency = new Latency();
        latency.record(900 * MILLI);
        long now = System.nanoTime();
        for (int second = 0; second < 120; second++) {
            latency.sample(now + second * SECOND);
        }
        latency.record(MILLI);
        assertEquals(1, latency.percentiles(99)[0] / (double) MILLI, 0.1);
    }

    @Test
    void latencyOfAClockThatRunsAheadIsZero() {
        var latency = new Latency();
        latency.record(-5 * SECOND);
        assertEquals(0, latency.percentiles(50)[0]);
    }

    @Test
    void backoffDoublesUpToHalfAMinute() {
        var backoff = new Backoff(Integer.MAX_VALUE);
        assertArrayEquals(
                new long[] {1, 2, 4, 8, 16, 30, 30},
                IntStream.range(0, 7).mapToLong(i -> backoff.failed() / SECOND).toArray());
    }

    @Test
    void backoffEndsAfterItsAttempts() {
        var backoff = new Backoff(2);
        assertArrayEquals(
                new long[] {SECOND, 2 * SECOND, -1},
                IntStream.range(0, 3).mapToLong(i -> backoff.failed()).toArray());
        assertEquals(-1, new Backoff(0).failed());
    }

    @Test
    void warningsAreCountedAndTheLastIsKept() {
        var figures = new Figures();
        figures.warn("lobby/cam", "a damaged packet");
        figures.warn("lobby/cam", "another");
        assertEquals(2, figures.warnings());
        assertEquals("another", figures.lastWarning());
    }

    @Test
    void aGaugeThatFailsDoesNotHideTheOthers() {
        var figures = new Figures();
        figures.gauges(Map.of("readers", () -> 3, "broken", () -> {
            throw new IllegalStateException("gone");
        }));
        assertEquals(Map.of("readers", 3L), figures.gauges());
        figures.gauges(Map.of());
        assertEquals(Map.of(), figures.gauges());
    }
}
