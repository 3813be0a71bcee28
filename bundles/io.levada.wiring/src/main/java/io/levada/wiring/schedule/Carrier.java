/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.schedule;

/**
 * A thread with work of its own, which carries actors that its work wakes a part of the way: it runs them itself, right after
 * it has woken them, where they would otherwise wait for a thread of their pool to wake up. That costs more than a light actor's
 * turn does, and a relay feels it.
 *
 * <p>An actor that was long in its turn is left to its pool for a while. When one does not come back, another thread
 * goes on with the work.
 */
public final class Carrier extends Runner {

    /** Most turns between two pieces of its own work. */
    private static final int MOST_IN_A_ROW = 4;

    private static final long LONG_NANOS = 2_000_000;
    private static final long ASIDE_NANOS = 1_000_000_000;

    private final WorkerPool pool;
    private final Runnable work;
    private final Runnable makePlace;

    private boolean carrying;
    private Actor taken;
    private boolean replaced;

    /**
     * @param pool whose actors it carries
     * @param work that it does from its start to its end
     * @param makePlace has another thread go on with the work, which this one leaves to it; called on any thread
     */
    public Carrier(WorkerPool pool, String name, Runnable work, Runnable makePlace) {
        super(name);
        this.pool = pool;
        this.work = work;
        this.makePlace = makePlace;
    }

    @Override
    public void run() {
        pool.add(this);
        try {
            work.run();
        } finally {
            drop();
            pool.remove(this);
        }
    }

    // What follows but for the last is for this thread itself.

    /** From now on it takes the first actor that it wakes. */
    public void carry() {
        carrying = true;
    }

    boolean take(Actor actor, WorkerPool of) {
        if (!carrying || taken != null || of != pool || System.nanoTime() < actor.asideUntil()) {
            return false;
        }
        taken = actor;
        return true;
    }

    /**
     * Runs the actor that was taken, and those that this wakes in turn.
     *
     * @return false when another thread has gone on with the work meanwhile: it is to be left at once
     */
    public boolean runTaken() {
        for (int i = 0; taken != null && i < MOST_IN_A_ROW; i++) {
            var actor = taken;
            taken = null;
            long started = System.nanoTime();
            if (!runActor(actor)) {
                replaced = true;
                break;
            }
            long now = System.nanoTime();
            if (now - started > LONG_NANOS) {
                actor.aside(now + ASIDE_NANOS);
            }
        }
        drop();
        return !replaced;
    }

    /** Takes no more actors, and leaves the one that was taken to its pool. */
    public void drop() {
        carrying = false;
        if (taken != null) {
            pool.queue(taken);
            taken = null;
        }
    }

    /** Whether another thread has gone on with the work. */
    public boolean replaced() {
        return replaced;
    }

    /** The ticker's thread. */
    void makePlace() {
        makePlace.run();
    }
}
