/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.wiring.graph.Await;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkerPoolTest {

    private static final long SECOND = 1_000_000_000L;
    private static final int NORMAL = 1;

    private final List<WorkerPool> pools = new ArrayList<>();

    @AfterEach
    void noThreadIsLeft() {
        pools.forEach(WorkerPool::close);
        Await.until("no thread left", WorkerPoolTest::threads, () -> threads().isEmpty());
    }

    private WorkerPool pool(int max) {
        return pool(new WorkerPool("test-pool", max));
    }

    private WorkerPool pool(WorkerPool pool) {
        pools.add(pool);
        return pool;
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("test-pool"))
                .sorted()
                .toList();
    }

    /** An actor that does what it is told in its turns. */
    private static Actor actor(WorkerPool pool, int level, BooleanSupplier turn) {
        return new Actor(pool, level) {
            @Override
            protected boolean turn() {
                return turn.getAsBoolean();
            }
        };
    }

    private static Actor once(WorkerPool pool, int level, Runnable task) {
        return actor(pool, level, () -> {
            task.run();
            return false;
        });
    }

    /** A pool of one worker that is busy until the latch is counted down. */
    private static CountDownLatch occupy(WorkerPool pool) {
        var gate = new CountDownLatch(1);
        var begun = new CountDownLatch(1);
        once(pool, 0, () -> {
                    begun.countDown();
                    await(gate);
                })
                .wake();
        await(begun);
        return gate;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void anActorIsNeverRunByTwoThreadsAndNoWakeUpIsLost() throws InterruptedException {
        var pool = pool(4);
        var put = new AtomicInteger();
        var inside = new AtomicBoolean();
        var twice = new AtomicBoolean();
        int[] taken = {0}; // not volatile: turns see what turns before them wrote
        var last = new AtomicInteger();
        var actor = actor(pool, NORMAL, () -> {
            twice.compareAndSet(false, !inside.compareAndSet(false, true));
            taken[0] = put.get();
            last.set(taken[0]);
            inside.set(false);
            return taken[0] % 7 == 0 && taken[0] != put.get();
        });
        var wakers = IntStream.range(0, 4)
                .mapToObj(i -> new Thread(() -> {
                    for (int n = 0; n < 50_000; n++) {
                        put.incrementAndGet();
                        actor.wake();
                    }
                }))
                .toList();
        wakers.forEach(Thread::start);
        for (var waker : wakers) {
            waker.join();
        }
        Await.until("all seen", last::get, () -> last.get() == 200_000);
        assertFalse(twice.get());
    }

    /** What was put before the wake-up is seen after it, though it was put by a mere release. */
    @Test
    void noWakeUpIsLostAtTheEdgeOfATurn() {
        var pool = pool(2);
        var put = new AtomicInteger();
        var seen = new AtomicInteger();
        var actor = once(pool, NORMAL, () -> seen.lazySet(put.getAcquire()));
        for (int n = 1; n <= 100_000; n++) {
            put.setRelease(n);
            actor.wake();
            if (n % 3 == 0) {
                long deadline = System.nanoTime() + 10 * SECOND;
                while (seen.get() < n) {
                    Thread.onSpinWait();
                    assertTrue(System.nanoTime() < deadline, "lost at " + n);
                }
            }
        }
    }

    @Test
    void moreActorsThanThreadsAllHaveTheirTurn() {
        var pool = pool(2);
        var done = new AtomicInteger();
        IntStream.range(0, 2000)
                .mapToObj(i -> once(pool, i % WorkerPool.LEVELS, done::incrementAndGet))
                .forEach(Actor::wake);
        Await.until("all done", done::get, () -> done.get() == 2000);
        assertTrue(pool.threads() <= 2);
    }

    @Test
    void theMostUrgentGoFirstAndEqualsInTheirOrder() {
        var pool = pool(1);
        var gate = occupy(pool);
        var order = Collections.synchronizedList(new ArrayList<String>());
        for (var name : List.of("low-1", "normal-1", "high-1", "low-2", "normal-2", "high-2")) {
            int level = List.of("high", "normal", "low").indexOf(name.substring(0, name.indexOf('-')));
            once(pool, level, () -> order.add(name)).wake();
        }
        gate.countDown();
        Await.until("all done", () -> order, () -> order.size() == 6);
        assertEquals(List.of("high-1", "high-2", "normal-1", "normal-2", "low-1", "low-2"), order);
    }

    @Test
    void theLeastUrgentDoesNotStarve() {
        var pool = pool(1);
        var stop = new AtomicBoolean();
        var turns = new AtomicInteger();
        var low = new AtomicInteger();
        actor(pool, 0, () -> {
                    turns.incrementAndGet();
                    return !stop.get();
                })
                .wake();
        once(pool, WorkerPool.LEVELS - 1, () -> low.set(turns.get())).wake();
        Await.until("its turn", turns::get, () -> low.get() > 0);
        stop.set(true);
    }

    @Test
    void anActorWithMoreToDoQueuesBehindTheOthers() {
        var pool = pool(1);
        var gate = occupy(pool);
        var order = Collections.synchronizedList(new ArrayList<String>());
        for (var name : List.of("a", "b")) {
            actor(pool, NORMAL, () -> {
                        order.add(name);
                        return order.size() < 5;
                    })
                    .wake();
        }
        gate.countDown();
        Await.until("all done", () -> order, () -> order.size() == 6);
        assertEquals(List.of("a", "b", "a", "b", "a", "b"), order);
    }

    @Test
    void anActorCanMoveToAnotherPool() {
        var first = pool(1);
        var second = pool(new WorkerPool("test-pool-second", 1));
        var names = Collections.synchronizedList(new ArrayList<String>());
        var actor = new Actor(first, NORMAL) {
            @Override
            protected boolean turn() {
                names.add(Thread.currentThread().getName());
                moveTo(second);
                return names.size() < 2;
            }
        };
        actor.wake();
        Await.until("two turns", () -> names, () -> names.size() == 2);
        assertEquals(List.of("test-pool-0", "test-pool-second-0"), names);
    }

    @Test
    void threadsAreMadeWhenNobodyIsIdleUpToTheMost() {
        var pool = pool(3);
        assertEquals(0, pool.threads());
        var gate = new CountDownLatch(1);
        for (int i = 1; i <= 5; i++) {
            once(pool, NORMAL, () -> await(gate)).wake();
            assertEquals(Math.min(i, 3), pool.threads());
        }
        gate.countDown();
    }

    @Test
    void anIdleThreadIsUsedBeforeAnotherIsMade() {
        var pool = pool(8);
        var done = new AtomicInteger();
        var actor = once(pool, NORMAL, done::incrementAndGet);
        for (int i = 1; i <= 100; i++) {
            int goal = i;
            actor.wake();
            Await.until("done", done::get, () -> done.get() == goal && pool.idle() == pool.threads());
        }
        assertEquals(1, pool.threads());
    }

    @Test
    void threadsWithoutWorkEndAndOthersAreMadeAgain() {
        var pool = pool(new WorkerPool("test-pool", 4, SECOND / 50, SECOND, SECOND));
        var done = new AtomicInteger();
        var actor = once(pool, NORMAL, done::incrementAndGet);
        for (int i = 1; i <= 20; i++) {
            int goal = i;
            actor.wake();
            Await.until("done", done::get, () -> done.get() == goal);
            Await.until("gone", pool::threads, () -> pool.threads() == 0);
        }
    }

    @Test
    void workThatComesWhileAThreadGoesIsDone() {
        var pool = pool(new WorkerPool("test-pool", 2, 1, SECOND, SECOND)); // they go at once
        var done = new AtomicInteger();
        var actor = once(pool, NORMAL, done::incrementAndGet);
        for (int i = 1; i <= 1000; i++) {
            int goal = i;
            actor.wake();
            Await.until("done", done::get, () -> done.get() >= goal);
        }
    }

    @Test
    void whatAnActorLetsThroughDoesNotEndItsWorker() {
        var pool = pool(1);
        var turns = new AtomicInteger();
        actor(pool, NORMAL, () -> {
                    if (turns.incrementAndGet() == 1) {
                        throw new IllegalStateException("boom");
                    }
                    return false;
                })
                .wake();
        Await.until("its next turn", turns::get, () -> turns.get() == 2);
    }

    @Test
    void aWorkerThatDoesNotComeBackIsReplacedAndItsActorTold() {
        var pool = pool(new WorkerPool("test-pool", 1, 10 * SECOND, 5 * SECOND, 5 * SECOND));
        var told = new AtomicInteger();
        var gate = new CountDownLatch(1);
        var hung = new CountDownLatch(1);
        var back = new AtomicBoolean();
        new Actor(pool, NORMAL) {
            @Override
            protected boolean turn() {
                hung.countDown();
                WorkerPoolTest.await(gate);
                back.set(true);
                return false;
            }

            @Override
            protected void hangs(long nanos, StackTraceElement[] stack) {
                told.incrementAndGet();
            }
        }.wake();
        await(hung);
        var done = new AtomicBoolean();
        once(pool, NORMAL, () -> done.set(true)).wake();
        pool.tick(0);
        pool.tick(4 * SECOND);
        assertEquals(0, told.get());
        assertFalse(done.get());
        pool.tick(6 * SECOND);
        assertEquals(1, told.get());
        Await.until("another thread does it", done::get, done::get);
        pool.tick(20 * SECOND);
        assertEquals(1, told.get());
        assertEquals(1, pool.threads());
        gate.countDown();
        Await.until(
                "the one that came back ends",
                WorkerPoolTest::threads,
                () -> back.get() && threads().size() == 1);
        var after = new AtomicBoolean();
        once(pool, NORMAL, () -> after.set(true)).wake();
        Await.until("work goes on", after::get, after::get);
    }

    @Test
    void anActorThatHasMorePatienceIsToldLaterAndHoldsUpNobodyMeanwhile() {
        var pool = pool(new WorkerPool("test-pool", 1, 10 * SECOND, SECOND, 5 * SECOND));
        var told = new ArrayList<Long>();
        var gate = new CountDownLatch(1);
        var turns = new CountDownLatch(1);
        new Actor(pool, NORMAL) {
            @Override
            protected boolean turn() {
                turns.countDown();
                WorkerPoolTest.await(gate);
                return false;
            }

            @Override
            protected int patience() {
                return 3;
            }

            @Override
            protected void hangs(long nanos, StackTraceElement[] stack) {
                told.add(nanos);
            }
        }.wake();
        await(turns);
        pool.tick(0);
        var done = new AtomicBoolean();
        once(pool, NORMAL, () -> done.set(true)).wake();
        pool.tick(6 * SECOND);
        Await.until("another thread does it", done::get, done::get);
        pool.tick(14 * SECOND);
        assertEquals(List.of(), told);
        pool.tick(16 * SECOND);
        assertEquals(List.of(15 * SECOND), told);
        gate.countDown();
    }

    @Test
    void aWorkerThatIsLongInATurnHoldsUpNobodyElseAndIsToldOfOnlyWhenItHangs() {
        var pool = pool(new WorkerPool("test-pool", 1, 10 * SECOND, SECOND, 5 * SECOND));
        var told = new AtomicInteger();
        var gate = new CountDownLatch(1);
        var turns = new CountDownLatch(2);
        var slow = new Actor(pool, NORMAL) {
            @Override
            protected boolean turn() {
                turns.countDown();
                WorkerPoolTest.await(gate);
                return turns.getCount() > 0;
            }

            @Override
            protected void hangs(long nanos, StackTraceElement[] stack) {
                told.incrementAndGet();
            }
        };
        slow.wake();
        Await.until("it is in its turn", turns::getCount, () -> turns.getCount() == 1);
        pool.tick(0);
        pool.tick(2 * SECOND);
        assertEquals(1, pool.threads(), "nobody waits, so nobody takes its place");
        var done = new AtomicBoolean();
        once(pool, NORMAL, () -> done.set(true)).wake();
        pool.tick(3 * SECOND);
        Await.until("another thread does it", done::get, done::get);
        assertEquals(0, told.get());
        pool.tick(6 * SECOND);
        pool.tick(7 * SECOND);
        assertEquals(1, told.get());
        gate.countDown();
        Await.until("it has its next turn", turns::getCount, () -> turns.getCount() == 0);
        Await.until("one thread stays", WorkerPoolTest::threads, () -> threads().size() == 1);
    }

    @Test
    void aBusyWorkerIsNotTakenForOneThatHangs() {
        var pool = pool(new WorkerPool("test-pool", 1, 10 * SECOND, SECOND, SECOND));
        var turns = new AtomicInteger();
        var stop = new AtomicBoolean();
        var told = new AtomicBoolean();
        new Actor(pool, NORMAL) {
            @Override
            protected boolean turn() {
                turns.incrementAndGet();
                return !stop.get();
            }

            @Override
            protected void hangs(long nanos, StackTraceElement[] stack) {
                told.set(true);
            }
        }.wake();
        for (int second = 0; second < 20; second++) {
            int seen = turns.get();
            Await.until("two more turns", turns::get, () -> turns.get() > seen + 2);
            pool.tick(second * 2 * SECOND);
        }
        stop.set(true);
        assertFalse(told.get());
    }

    @Test
    void closingDoesNotWaitLongForAWorkerThatHangs() {
        var pool = pool(2);
        var gate = occupy(pool);
        long begin = System.nanoTime();
        pool.close();
        assertTrue(System.nanoTime() - begin < 5 * SECOND);
        gate.countDown();
    }
}
