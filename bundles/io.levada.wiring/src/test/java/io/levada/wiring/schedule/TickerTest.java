/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.wiring.graph.Await;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class TickerTest {

    @Test
    void ticksWhoAskedUntilTheyHaveEnough() {
        try (var ticker = new Ticker()) {
            var one = new AtomicInteger();
            var other = new AtomicInteger();
            Ticker.Ticked first = now -> one.incrementAndGet() > 0;
            ticker.add(first);
            ticker.add(now -> other.incrementAndGet() > 0);
            Await.until("ticks", one::get, () -> one.get() > 2);
            ticker.remove(first);
            int seen = other.get();
            Await.until("a whole round", other::get, () -> other.get() > seen + 1);
            int after = one.get();
            Await.until("more ticks of the other", other::get, () -> other.get() > seen + 4);
            assertEquals(after, one.get());
        }
    }

    @Test
    void looksSoonerWhereSomebodyWaits() {
        var seldom = new AtomicInteger();
        var often = new AtomicInteger();
        try (var idle = new Ticker();
                var awaited = new Ticker()) {
            idle.add(now -> seldom.incrementAndGet() < 0);
            awaited.add(now -> often.incrementAndGet() > 0);
            Await.until("ticks", seldom::get, () -> seldom.get() >= 10);
        }
        assertTrue(often.get() > seldom.get(), () -> often + " against " + seldom);
    }

    @Test
    void aTickThatFailsDoesNotKeepTheOthersFromTheirs() {
        try (var ticker = new Ticker()) {
            var ticks = new AtomicInteger();
            ticker.add(now -> {
                throw new IllegalStateException("boom");
            });
            ticker.add(now -> ticks.incrementAndGet() > 0);
            Await.until("ticks", ticks::get, () -> ticks.get() > 2);
        }
    }

    @Test
    void itsThreadEndsWithIt() {
        var ticker = new Ticker();
        var thread = new AtomicReference<Thread>();
        ticker.add(now -> {
            thread.set(Thread.currentThread());
            return false;
        });
        Await.until("a tick", thread::get, () -> thread.get() != null);
        assertTrue(thread.get().isAlive());
        ticker.close();
        Await.until("its end", thread::get, () -> !thread.get().isAlive());
    }
}
