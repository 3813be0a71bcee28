/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.schedule;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Something that is run by a pool when it is woken, never by two threads at once. Waking is cheap, can be done from any
 * thread and is never lost: what was put into the actor's queues before {@link #wake} is seen by a {@link #turn} after it.
 */
public abstract class Actor {

    private static final int IDLE = 0;
    private static final int QUEUED = 1;
    private static final int RUNNING = 2;
    private static final int WOKEN = 3;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Actor.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // through STATE
    private volatile int state;

    private volatile WorkerPool pool;
    private volatile int level;
    private volatile long asideUntil = System.nanoTime();

    protected Actor(WorkerPool pool, int level) {
        this.pool = pool;
        this.level = level;
    }

    /** Has another pool run it from the next turn on; from within a turn. */
    protected final void moveTo(WorkerPool pool) {
        this.pool = pool;
    }

    /** The level it queues at from now on. Any thread. */
    public final void level(int level) {
        this.level = level;
    }

    final int level() {
        return level;
    }

    /** Until when its pool shall run it, rather than who wakes it. */
    final long asideUntil() {
        return asideUntil;
    }

    final void aside(long until) {
        asideUntil = until;
    }

    /** Has the actor take a turn soon. Any thread. */
    public final void wake() {
        // What the caller has queued must be visible before the state is read: else it could still read QUEUED while
        // the
        // turn that this promises has begun and looks into the queue too early.
        VarHandle.fullFence();
        while (true) {
            int seen = (int) STATE.getVolatile(this);
            switch (seen) {
                case IDLE -> {
                    if (STATE.compareAndSet(this, IDLE, QUEUED)) {
                        pool.submit(this);
                        return;
                    }
                }
                case RUNNING -> {
                    if (STATE.compareAndSet(this, RUNNING, WOKEN)) {
                        return;
                    }
                }
                default -> {
                    return;
                }
            }
        }
    }

    /** A worker runs it. */
    final void run() {
        STATE.setVolatile(this, RUNNING);
        VarHandle.fullFence(); // the other side of the one in wake
        boolean more = true;
        try {
            more = turn();
        } finally {
            if (more || !STATE.compareAndSet(this, RUNNING, IDLE)) {
                STATE.setVolatile(this, QUEUED);
                pool.submit(this);
            }
        }
    }

    /** How many times as long as others its turn may take before it counts as hanging; any thread. */
    protected int patience() {
        return 1;
    }

    /**
     * The turn does not come back, and its worker was given up. Any thread.
     *
     * @param stack of that worker
     */
    protected void hangs(long nanos, StackTraceElement[] stack) {}

    /**
     * Does a bounded piece of work. Must not throw.
     *
     * @return whether there is more to do at once; the actor then queues behind the others
     */
    protected abstract boolean turn();
}
