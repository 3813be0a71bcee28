/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.schedule;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A thread with work of its own, which carries actors that its work wakes a part of the way: it runs them itself, right after
 * it has woken them, where they would otherwise wait for a thread of their pool to wake up. That costs more than a light actor's
 * turn does, and a relay feels it.
 *
 * <p>That is for work that pauses soon after it has woken somebody, and for actors that are quick: where either was long, the pool
 * does it for a while. When an actor does not come back, another thread goes on with the work.
 */
public final class Carrier extends Runner {

    /** Most turns between two pieces of its own work. */
    private static final int MOST_IN_A_ROW = 4;

    private static final long LONG_NANOS = 2_000_000;
    private static final long SECOND = 1_000_000_000;
    private static final long ASIDE_NANOS = SECOND;
    private static final long LONGEST_PAUSE_NANOS = 60 * SECOND;

    /** What a carrier does besides. */
    public interface Task {

        /** On the carrier's thread, from its start to its end, or until another carrier goes on with it. */
        void run();

        /** Makes a carrier that can go on with it, as this one is long in a turn; on the ticker's thread. */
        Carrier successor();

        /** No thread can be had for that one: there will be another attempt. On the ticker's thread. */
        void noSuccessor(OutOfMemoryError cause);
    }

    private final WorkerPool pool;
    private final Task task;
    /** Whether it is to do the task: a successor hears of it when there is no way back. */
    private final CompletableFuture<Boolean> called = new CompletableFuture<>();

    private final long longNanos;
    private final long asideNanos;

    private boolean carrying;
    /** For how long it carries nothing when its work did not pause soon; longer each time in a row. */
    private long pauseNanos;

    private long carryingFrom = System.nanoTime();
    /** The ticker takes it back when the work does not pause. */
    private final AtomicReference<Actor> taken = new AtomicReference<>();

    /** Whether it has taken one since {@link #carry}; the ticker may have it left to the pool meanwhile. */
    private boolean took;
    /** When it took the first. */
    private long tookAt;

    private boolean replaced;

    /** The ticker's: what it saw taken. */
    private Actor seenTaken;
    /** The ticker's: when to try again for a successor. */
    private long successorFrom = Long.MIN_VALUE;

    /**
     * @param pool whose actors it carries
     * @param task that it has
     */
    public Carrier(WorkerPool pool, String name, Task task) {
        this(pool, name, task, LONG_NANOS, ASIDE_NANOS);
    }

    /**
     * @param longNanos how long an actor's turn may take, or it has to wait for one, before that is left to the pool
     * @param asideNanos for how long then; where it is the work that is long, from that up to a minute
     */
    Carrier(WorkerPool pool, String name, Task task, long longNanos, long asideNanos) {
        super(name);
        this.pool = pool;
        this.task = task;
        this.longNanos = longNanos;
        this.asideNanos = asideNanos;
        this.pauseNanos = asideNanos;
    }

    /** Starts the thread with its task; a started one does nothing before. */
    public void begin() {
        start();
        called.complete(true);
    }

    @Override
    public void run() {
        if (!called.join()) {
            return;
        }
        pool.add(this);
        try {
            task.run();
        } finally {
            drop();
            pool.remove(this);
        }
    }

    // What follows is for this thread itself.

    /** From now on it takes the first actor that it wakes. */
    public void carry() {
        carrying = System.nanoTime() - carryingFrom >= 0;
        took = false;
    }

    boolean take(Actor actor, WorkerPool of) {
        if (!carrying || of != pool || taken.get() != null) {
            return false;
        }
        long now = System.nanoTime();
        if (now - actor.asideUntil() < 0) {
            return false;
        }
        if (!took) {
            took = true;
            tookAt = now;
        }
        taken.set(actor);
        if (lostPlace()) { // in a turn that does not come back, and the actor would wait for that
            leave(actor);
        }
        return true;
    }

    /**
     * Runs the actor that was taken, and those that this wakes in turn.
     *
     * @return false when another thread has gone on with the work meanwhile: it is to be left at once
     */
    public boolean runTaken() {
        long now = System.nanoTime();
        if (took) {
            judge(now);
        }
        for (int i = 0; i < MOST_IN_A_ROW && !replaced; i++) {
            var actor = taken.getAndSet(null);
            if (actor == null) {
                break;
            }
            replaced = !runActor(actor);
            long after = System.nanoTime();
            if (after - now > longNanos) {
                actor.aside(after + asideNanos);
            }
            now = after;
        }
        drop();
        return !replaced;
    }

    /** A moment's pause can be the garbage collector's or the scheduler's; work that is always long is hardly ever tried. */
    private void judge(long now) {
        if (now - tookAt <= longNanos) {
            pauseNanos = asideNanos;
        } else {
            carryingFrom = now + pauseNanos;
            pauseNanos = Math.max(pauseNanos, Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS));
        }
    }

    /** Takes no more actors, and leaves the one that was taken to its pool. */
    public void drop() {
        carrying = false;
        leave(taken.get());
    }

    private void leave(Actor actor) {
        if (actor != null && taken.compareAndSet(actor, null)) {
            pool.queue(actor);
        }
    }

    /** Whether another thread has gone on with the work. */
    public boolean replaced() {
        return replaced;
    }

    // What follows is for the ticker's thread.

    /** Leaves to the pool what has been waiting since the tick before. Returns whether something waits. */
    boolean waits() {
        var actor = taken.get();
        if (actor == seenTaken) {
            leave(actor);
        }
        seenTaken = actor;
        return actor != null;
    }

    /** A thread that waits to hear whether it goes on with the task; empty when there is none to be had. */
    Optional<Carrier> successor(long now) {
        if (now < successorFrom) {
            return Optional.empty();
        }
        try {
            var successor = task.successor();
            successor.start();
            return Optional.of(successor);
        } catch (OutOfMemoryError e) { // no native thread
            successorFrom = now + SECOND;
            task.noSuccessor(e);
            return Optional.empty();
        }
    }

    /** Whether it has the place of the one before, which this is the successor of. */
    void call(boolean succeeds) {
        called.complete(succeeds);
    }

    /** Its place is another's from now on: what it has taken is the pool's. */
    void leavePlace() {
        leave(taken.get());
    }
}
