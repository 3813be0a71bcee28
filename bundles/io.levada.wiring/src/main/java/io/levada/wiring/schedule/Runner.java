/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.schedule;

import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that runs actors, and whose place another takes when a turn does not end. */
abstract class Runner extends Thread {

    private static final Logger LOG = LoggerFactory.getLogger(Runner.class);

    private static final long SECOND = 1_000_000_000L;
    private static final int BETWEEN_TURNS = 0;
    private static final int REPLACED = -1;

    /** The turn it is in, counted from 1. */
    private final AtomicInteger turn = new AtomicInteger(BETWEEN_TURNS);
    /** Whose turn it is; read after {@link #turn}. */
    private Actor actor;

    private int turns;

    // The ticker's: the turn it saw last, and since when.
    private int seen;
    private long seenSince;

    Runner(String name) {
        super(name);
        setDaemon(true);
    }

    /** Returns whether it still has its place. */
    final boolean runActor(Actor actor) {
        turns = turns == Integer.MAX_VALUE ? 1 : turns + 1;
        this.actor = actor;
        turn.lazySet(turns);
        try {
            actor.run();
        } catch (Throwable e) { // an actor contains its faults, so this one is ours
            LOG.error("A worker caught what an actor let through", e);
        }
        Thread.interrupted(); // an actor that interrupts itself must not interrupt whoever this thread works for next
        return turn.compareAndSet(turns, BETWEEN_TURNS);
    }

    /** Whether another thread has taken its place in the turn that it is in. Any thread. */
    final boolean lostPlace() {
        return turn.get() == REPLACED;
    }

    // What follows is for the ticker's thread.

    /** How long it has been seen in the turn that it is in; 0 when that is another one than it was in. */
    final long nanosInTurn(long now) {
        int current = turn.get();
        if (current == BETWEEN_TURNS || current != seen) {
            seen = current;
            seenSince = now;
        }
        return now - seenSince;
    }

    /** The same, of one that was replaced. */
    final long nanosSinceSeen(long now) {
        return now - seenSince;
    }

    /** Has it end when it comes back from the turn that was seen; false when it has come back already. */
    final boolean leaveInTurn() {
        return turn.compareAndSet(seen, REPLACED);
    }

    /** How long the turn that it was replaced in may take. */
    final int patience() {
        return actor.patience();
    }

    /** Tells whoever's turn it is. */
    final void hangs(long nanos) {
        LOG.warn("{} has been in one call for {} s; another thread takes its place", getName(), nanos / SECOND);
        actor.hangs(nanos, getStackTrace());
    }
}
