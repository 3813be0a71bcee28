/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.schedule;

import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that looks around: every few milliseconds while anybody waits for a point in time, else now and then, as each look
 * wakes a core. It stands in for a timer per wait, which would allocate.
 */
public final class Ticker implements AutoCloseable {

    /** How often it ticks while somebody waits. */
    public static final long PERIOD_NANOS = 10_000_000;

    /** How often it ticks while nobody does. */
    private static final long IDLE_PERIOD_NANOS = 250_000_000;

    private static final Logger LOG = LoggerFactory.getLogger(Ticker.class);

    /** What is ticked. */
    public interface Ticked {

        /**
         * Called on the ticker's thread: look whether it is time, and wake somebody; nothing more.
         *
         * @return whether it waits for a point in time, so that the next tick shall come soon
         */
        boolean tick(long nanoTime);
    }

    private static final Ticked[] NONE = {};

    private final Thread thread;
    private volatile Ticked[] all = NONE; // an array, as an iterator would be made anew with each tick
    private volatile boolean closed;

    public Ticker() {
        thread = new Thread(this::run, "levada-ticker");
        thread.setDaemon(true);
        thread.start();
    }

    public synchronized void add(Ticked ticked) {
        var more = Arrays.copyOf(all, all.length + 1);
        more[all.length] = ticked;
        all = more;
        LockSupport.unpark(thread);
    }

    public synchronized void remove(Ticked ticked) {
        all = Arrays.stream(all).filter(other -> other != ticked).toArray(Ticked[]::new);
    }

    /** Somebody has begun to wait for a point in time. Any thread. */
    public void hurry() {
        LockSupport.unpark(thread);
    }

    private void run() {
        boolean awaited = true;
        while (!closed) {
            if (all.length == 0) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, awaited ? PERIOD_NANOS : IDLE_PERIOD_NANOS);
            }
            awaited = tick(System.nanoTime());
        }
    }

    private boolean tick(long now) {
        boolean awaited = false;
        for (var ticked : all) {
            try {
                awaited |= ticked.tick(now);
            } catch (Throwable e) { // all who wait for a time depend on this thread
                LOG.error("A tick failed", e);
            }
        }
        return awaited;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
