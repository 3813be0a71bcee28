/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.schedule;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongBinaryOperator;
import org.jctools.queues.MpmcUnboundedXaddArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Workers that run actors: those of the most urgent level first, within a level in the order in which they became ready
 * (which, as media arrive in time order, is oldest deadline first). Every {@value #AGEING}th pick starts at the least
 * urgent level, so that nothing starves.
 *
 * <p>Threads are made when there is work and nobody idle, up to the maximum, and end after a while without work. One that
 * does not come back from a turn is given up, and another takes its place; it ends if it ever comes back. That needs ticks.
 */
public final class WorkerPool implements Ticker.Ticked, AutoCloseable {

    /** Levels of urgency. */
    public static final int LEVELS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);
    private static final int AGEING = 16;
    private static final int MAX_WORKERS = 64;
    private static final long KEEP_ALIVE_NANOS = 10_000_000_000L;
    private static final long HANGS_NANOS = 10_000_000_000L;
    private static final long JOIN_MILLIS = 1000;

    private static final LongBinaryOperator SET = (mask, bit) -> mask | bit;
    private static final LongBinaryOperator CLEAR = (mask, bit) -> mask & ~bit;

    private final String name;
    private final int max;
    private final long keepAliveNanos;
    private final long hangsNanos;
    private final MpmcUnboundedXaddArrayQueue<Actor>[] levels;
    private final AtomicReferenceArray<Worker> workers;
    private final AtomicInteger alive = new AtomicInteger();
    /** Bit n is set while worker n is parked or about to park. */
    private final AtomicLong idle = new AtomicLong();

    private volatile boolean closed;

    /**
     * @param name of the threads
     * @param max most threads, up to 64
     */
    public WorkerPool(String name, int max) {
        this(name, max, KEEP_ALIVE_NANOS, HANGS_NANOS);
    }

    /**
     * @param keepAliveNanos how long a worker stays without work
     * @param hangsNanos how long one turn takes before its worker is given up
     */
    @SuppressWarnings({"unchecked", "rawtypes"})
    WorkerPool(String name, int max, long keepAliveNanos, long hangsNanos) {
        this.name = name;
        this.max = Math.min(max, MAX_WORKERS);
        this.keepAliveNanos = keepAliveNanos;
        this.hangsNanos = hangsNanos;
        this.workers = new AtomicReferenceArray<>(this.max);
        this.levels = new MpmcUnboundedXaddArrayQueue[LEVELS];
        for (int i = 0; i < LEVELS; i++) {
            levels[i] = new MpmcUnboundedXaddArrayQueue<>(128, 4);
        }
    }

    void submit(Actor actor) {
        levels[actor.level()].offer(actor);
        signal();
    }

    private void signal() {
        while (true) {
            long mask = idle.get();
            if (mask == 0) {
                grow();
                return;
            }
            long bit = Long.lowestOneBit(mask);
            if (idle.compareAndSet(mask, mask & ~bit)) {
                var worker = workers.get(Long.numberOfTrailingZeros(bit));
                if (worker != null) {
                    LockSupport.unpark(worker);
                    return;
                }
            }
        }
    }

    private void grow() {
        if (alive.get() >= max || closed) {
            return;
        }
        for (int i = 0; i < max; i++) {
            if (workers.get(i) == null) {
                var worker = new Worker(i);
                if (workers.compareAndSet(i, null, worker)) {
                    alive.incrementAndGet();
                    start(worker);
                    return;
                }
            }
        }
    }

    private void start(Worker worker) {
        try {
            worker.start();
        } catch (OutOfMemoryError e) { // no native thread: the others will do the work
            LOG.error("{} can't be started: {}", worker.getName(), e.getMessage());
            retire(worker);
        }
    }

    /** Takes it off the books; false when that was done already. */
    private boolean retire(Worker worker) {
        if (!workers.compareAndSet(worker.index, worker, null)) {
            return false;
        }
        alive.decrementAndGet();
        return true;
    }

    /** Looks for workers that do not come back from a turn. */
    @Override
    public void tick(long nanoTime) {
        for (int i = 0; i < max; i++) {
            var worker = workers.get(i);
            if (worker != null && worker.hangs(nanoTime) && retire(worker)) {
                LOG.warn(
                        "{} has been in one call for {} s; another thread takes its place",
                        worker.getName(),
                        hangsNanos / 1_000_000_000);
                worker.actor.hangs(hangsNanos, worker.getStackTrace());
                if (anythingQueued()) {
                    signal();
                }
            }
        }
    }

    private Actor next(int start) {
        for (int i = 0; i < LEVELS; i++) {
            var actor = levels[(start + i) % LEVELS].poll();
            if (actor != null) {
                return actor;
            }
        }
        return null;
    }

    private boolean anythingQueued() {
        for (var level : levels) {
            if (!level.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** Threads there are now. */
    public int threads() {
        return alive.get();
    }

    /** Threads that wait for work. */
    int idle() {
        return Long.bitCount(idle.get());
    }

    /** Ends the workers; each finishes the turn at hand. Waits for them a bounded time. */
    @Override
    public void close() {
        closed = true;
        long deadline = System.nanoTime() + JOIN_MILLIS * 1_000_000;
        for (int i = 0; i < max; i++) {
            var worker = workers.get(i);
            if (worker != null) {
                LockSupport.unpark(worker);
                try {
                    worker.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    private final class Worker extends Thread {

        private final int index;
        private int picks;
        /** The turn it is in, counted; 0 between turns. */
        private final AtomicInteger turn = new AtomicInteger();
        /** Whose turn it is; read after {@link #turn}. */
        private Actor actor;

        // The ticker's: the turn it saw last, and since when.
        private int seen;
        private long seenSince;

        Worker(int index) {
            super(name + "-" + index);
            this.index = index;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                while (!closed && workers.get(index) == this) {
                    var actor = next(++picks % AGEING == 0 ? LEVELS - 1 : 0);
                    if (actor != null) {
                        runActor(actor);
                    } else if (!await()) {
                        return;
                    }
                }
            } finally {
                if (workers.get(index) == this) {
                    idle.getAndAccumulate(1L << index, CLEAR);
                    retire(this);
                }
                if (!closed && anythingQueued()) {
                    signal(); // it came while this worker was about to go
                }
            }
        }

        private void runActor(Actor actor) {
            this.actor = actor;
            turn.lazySet(picks | 1); // never 0
            try {
                actor.run();
            } catch (Throwable e) { // an actor contains its faults, so this one is ours
                LOG.error("A worker caught what an actor let through", e);
            } finally {
                turn.lazySet(0);
            }
        }

        private boolean hangs(long now) {
            int at = turn.get();
            if (at != seen) {
                seen = at;
                seenSince = now;
            }
            return at != 0 && now - seenSince > hangsNanos;
        }

        /** Parks until there is work; false when there was none for so long that the thread can go. */
        private boolean await() {
            long bit = 1L << index;
            idle.getAndAccumulate(bit, SET);
            long deadline = System.nanoTime() + keepAliveNanos;
            while (!closed) {
                if (anythingQueued()) {
                    idle.getAndAccumulate(bit, CLEAR);
                    return true;
                }
                if ((idle.get() & bit) == 0) {
                    return true;
                }
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                LockSupport.parkNanos(this, left);
            }
            return false;
        }
    }
}
