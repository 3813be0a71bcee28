/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.schedule;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
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
 * <p>Threads are made when there is work and nobody idle, up to the maximum, and end after a while without work. While one
 * is long in a turn and others wait for theirs, another takes its place, and it ends when it comes back: a stage that waits
 * or hangs holds up nobody else, on a single core too. One that does not come back at all is told of. Both need ticks.
 */
public final class WorkerPool implements Ticker.Ticked, AutoCloseable {

    /** Levels of urgency. */
    public static final int LEVELS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);
    private static final int AGEING = 16;
    private static final int MAX_WORKERS = 64;
    private static final long KEEP_ALIVE_NANOS = 10_000_000_000L;
    private static final long LONG_NANOS = 100_000_000L;
    private static final long HANGS_NANOS = 10_000_000_000L;
    private static final long JOIN_MILLIS = 1000;

    private static final LongBinaryOperator SET = (mask, bit) -> mask | bit;
    private static final LongBinaryOperator CLEAR = (mask, bit) -> mask & ~bit;

    private final String name;
    private final int max;
    private final long keepAliveNanos;
    private final long longNanos;
    private final long hangsNanos;
    private final MpmcUnboundedXaddArrayQueue<Actor>[] levels;
    private final AtomicReferenceArray<Worker> workers;
    /** Those whose place another has taken, until they come back or are told of. */
    private final Queue<Runner> replaced = new ConcurrentLinkedQueue<>();

    private final Queue<Carrier> carriers = new ConcurrentLinkedQueue<>();

    private final AtomicInteger alive = new AtomicInteger();
    /** Bit n is set while worker n is parked or about to park. */
    private final AtomicLong idle = new AtomicLong();

    private volatile boolean closed;

    /**
     * @param name of the threads
     * @param max most threads, up to 64
     */
    public WorkerPool(String name, int max) {
        this(name, max, KEEP_ALIVE_NANOS, LONG_NANOS, HANGS_NANOS);
    }

    /**
     * @param keepAliveNanos how long a worker stays without work
     * @param longNanos how long one turn takes before another worker may take the place of its own
     * @param hangsNanos how long one turn takes before its worker is given up, and its actor told, where that has no more patience
     */
    @SuppressWarnings({"unchecked", "rawtypes"})
    WorkerPool(String name, int max, long keepAliveNanos, long longNanos, long hangsNanos) {
        this.name = name;
        this.max = Math.min(max, MAX_WORKERS);
        this.keepAliveNanos = keepAliveNanos;
        this.longNanos = longNanos;
        this.hangsNanos = hangsNanos;
        this.workers = new AtomicReferenceArray<>(this.max);
        this.levels = new MpmcUnboundedXaddArrayQueue[LEVELS];
        for (int i = 0; i < LEVELS; i++) {
            levels[i] = new MpmcUnboundedXaddArrayQueue<>(128, 4);
        }
    }

    /** Has the actor run: by the calling thread, when that carries actors of this pool, or by a worker. */
    void submit(Actor actor) {
        if (!(Thread.currentThread() instanceof Carrier carrier && carrier.take(actor, this))) {
            queue(actor);
        }
    }

    void queue(Actor actor) {
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

    private void retire(Worker worker) {
        workers.set(worker.index, null);
        alive.decrementAndGet();
    }

    /** Looks for workers that do not come back from a turn. */
    @Override
    public boolean tick(long nanoTime) {
        for (int i = 0; i < max; i++) {
            var worker = workers.get(i);
            if (worker != null) {
                watch(worker, nanoTime);
            }
        }
        boolean carried = false;
        for (var carrier : carriers) {
            carried |= watch(carrier, nanoTime);
        }
        for (var runner : replaced) {
            long hanging = hangsNanos * runner.patience();
            if (runner.nanosSinceSeen(nanoTime) > hanging && replaced.remove(runner)) {
                runner.hangs(hanging);
            }
        }
        return carried || idle.get() == 0 && anythingQueued();
    }

    private void watch(Worker worker, long nanoTime) {
        long nanos = worker.nanosInTurn(nanoTime);
        boolean hangs = nanos > hangsNanos;
        if ((hangs || nanos > longNanos && idle.get() == 0 && anythingQueued()) && replace(worker)) {
            retire(worker);
            if (anythingQueued()) {
                signal();
            }
        }
    }

    /** A carrier has work of its own that waits. Returns whether to look again soon. */
    private boolean watch(Carrier carrier, long nanoTime) {
        boolean waits = carrier.waits();
        long nanos = carrier.nanosInTurn(nanoTime);
        if (nanos > longNanos) {
            carrier.successor(nanoTime).ifPresent(successor -> replace(carrier, successor));
        }
        return waits || nanos > 0;
    }

    /** The successor is a thread already: its task is not left without one. */
    private void replace(Carrier carrier, Carrier successor) {
        boolean replaced = replace(carrier);
        if (replaced) {
            carriers.remove(carrier);
            carrier.leavePlace();
        }
        successor.call(replaced);
    }

    /** Takes it off the books, unless it has just come back; it ends when it does. */
    private boolean replace(Runner runner) {
        replaced.add(runner); // first, as it takes itself out when it comes back
        if (!runner.leaveInTurn()) {
            replaced.remove(runner);
            return false;
        }
        return true;
    }

    void add(Carrier carrier) {
        carriers.add(carrier);
    }

    void remove(Carrier carrier) {
        carriers.remove(carrier);
        replaced.remove(carrier);
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

    private final class Worker extends Runner {

        private final int index;
        private int picks;

        Worker(int index) {
            super(name + "-" + index);
            this.index = index;
        }

        @Override
        public void run() {
            boolean member = true;
            try {
                while (member && !closed) {
                    picks = (picks + 1) % AGEING;
                    var actor = next(picks == 0 ? LEVELS - 1 : 0);
                    if (actor != null) {
                        member = runActor(actor);
                    } else if (!await()) {
                        break;
                    }
                }
            } finally {
                if (member) {
                    idle.getAndAccumulate(1L << index, CLEAR);
                    retire(this);
                } else {
                    replaced.remove(this);
                }
                if (!closed && anythingQueued()) {
                    signal(); // it came while this worker was about to go
                }
            }
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
