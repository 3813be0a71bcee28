/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.link;

import io.levada.api.media.Sample;
import io.levada.api.media.StreamItem;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Predicate;

/**
 * A ring with one producer and one consumer in which the producer may also take back what it put there. Taking back leaves
 * a tombstone in the item's place, so that the others keep theirs; whoever comes to a tombstone at the head passes over it.
 *
 * <p>An item is taken by replacing it in its cell by a tombstone, atomically, so that exactly one side gets it.
 */
final class Ring {

    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(Object[].class);
    private static final VarHandle HEAD;
    private static final VarHandle TAIL;
    private static final Object TOMBSTONE = new Object();

    static {
        try {
            var lookup = MethodHandles.lookup();
            HEAD = lookup.findVarHandle(Ring.class, "head", long.class);
            TAIL = lookup.findVarHandle(Ring.class, "tail", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Object[] cells;
    /** When the item in the cell was put there; empty when nobody asks. */
    private final long[] arrivals;

    private final int mask;

    @SuppressWarnings("unused") // keeps head and tail on different cache lines
    private long p1, p2, p3, p4, p5, p6, p7;

    private long head;

    @SuppressWarnings("unused")
    private long q1, q2, q3, q4, q5, q6, q7;

    private long tail;

    // The producer's own: what it took back since it last compacted, and where it keeps items while it does.
    private int takenBack;
    private Object[] kept = {};
    private long[] keptArrivals = {};

    /** The consumer's own. */
    private long arrival;

    /**
     * @param capacity a power of two
     * @param timed whether {@link #arrival} will be asked
     */
    Ring(int capacity, boolean timed) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("a power of two: " + capacity);
        }
        cells = new Object[capacity];
        arrivals = new long[timed ? capacity : 0];
        mask = capacity - 1;
    }

    /** Producer: whether there is a cell free. */
    boolean hasRoom() {
        return tail - (long) HEAD.getAcquire(this) <= mask;
    }

    /** Producer, when there is room: puts an item at the end. */
    void offer(StreamItem item) {
        put(item, arrivals.length > 0 ? System.nanoTime() : 0);
    }

    private void put(Object item, long now) {
        long at = tail;
        if (arrivals.length > 0) {
            arrivals[(int) at & mask] = now;
        }
        CELL.setRelease(cells, (int) at & mask, item);
        TAIL.setRelease(this, at + 1);
    }

    /** Consumer: takes the first item, or null. */
    StreamItem poll() {
        while (true) {
            long at = (long) HEAD.getAcquire(this);
            if (at == (long) TAIL.getAcquire(this)) {
                return null;
            }
            int index = (int) at & mask;
            Object item = CELL.getAcquire(cells, index);
            if (item != TOMBSTONE) {
                long came = arrivals.length > 0 ? arrivals[index] : 0;
                // once the producer has moved the head on, the cell may hold a later item
                if ((long) HEAD.getVolatile(this) != at || !CELL.compareAndSet(cells, index, item, TOMBSTONE)) {
                    continue;
                }
                arrival = came;
                HEAD.compareAndSet(this, at, at + 1);
                return (StreamItem) item;
            }
            HEAD.compareAndSet(this, at, at + 1);
        }
    }

    /** Consumer: when the item last polled was put in, {@link System#nanoTime}; only in a timed ring. */
    long arrival() {
        return arrival;
    }

    /** Producer: takes back the oldest sample that may go, or null when there is none. Markers stay. */
    Sample takeBackOldest(Predicate<Sample> mayGo) {
        long end = tail;
        for (long at = (long) HEAD.getAcquire(this); at < end; at++) {
            int index = (int) at & mask;
            if (CELL.getAcquire(cells, index) instanceof Sample sample
                    && mayGo.test(sample)
                    && CELL.compareAndSet(cells, index, sample, TOMBSTONE)) {
                takenBack++;
                return sample;
            }
        }
        return null;
    }

    /**
     * Producer: frees the cells of tombstones by putting what is left anew. It takes back the newest first: what the
     * consumer takes meanwhile is older, so the order is kept.
     *
     * @return whether a cell came free
     */
    boolean compact() {
        if (takenBack == 0) {
            return false;
        }
        takenBack = 0;
        if (kept.length == 0) {
            kept = new Object[cells.length];
            keptArrivals = new long[arrivals.length];
        }
        int count = 0;
        long end = tail;
        for (long at = end - 1; at >= (long) HEAD.getAcquire(this); at--) {
            int index = (int) at & mask;
            Object item = CELL.getAcquire(cells, index);
            if (item != TOMBSTONE && CELL.compareAndSet(cells, index, item, TOMBSTONE)) {
                if (keptArrivals.length > 0) {
                    keptArrivals[count] = arrivals[index];
                }
                kept[count++] = item;
            }
        }
        for (long at = (long) HEAD.getAcquire(this); at < end; at = (long) HEAD.getAcquire(this)) {
            HEAD.compareAndSet(this, at, end);
        }
        boolean freed = count < cells.length;
        while (count > 0) {
            count--;
            put(kept[count], keptArrivals.length > 0 ? keptArrivals[count] : 0);
            kept[count] = null;
        }
        return freed;
    }

    /** The oldest sample without taking it, or null; it may be taken at any moment. Any thread. */
    Sample oldest() {
        long end = (long) TAIL.getAcquire(this);
        for (long at = (long) HEAD.getAcquire(this); at < end; at++) {
            if (CELL.getAcquire(cells, (int) at & mask) instanceof Sample sample) {
                return sample;
            }
        }
        return null;
    }
}
