/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.link;

import io.levada.api.media.Marker;
import io.levada.api.media.Sample;
import io.levada.api.media.StreamItem;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A ring with one producer and one consumer in which the producer may also take back the oldest sample. Taking it back
 * leaves a tombstone in its place, so that the markers around it keep theirs; the consumer passes over tombstones.
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
    private final int mask;

    @SuppressWarnings("unused") // keeps head and tail on different cache lines
    private long p1, p2, p3, p4, p5, p6, p7;

    private long head;

    @SuppressWarnings("unused")
    private long q1, q2, q3, q4, q5, q6, q7;

    private long tail;

    /** @param capacity a power of two */
    Ring(int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("a power of two: " + capacity);
        }
        cells = new Object[capacity];
        mask = capacity - 1;
    }

    /** Producer: puts an item at the end; false when there is no cell free. */
    boolean offer(StreamItem item) {
        long at = tail;
        if (at - (long) HEAD.getAcquire(this) > mask) {
            return false;
        }
        CELL.setRelease(cells, (int) at & mask, (Object) item);
        TAIL.setRelease(this, at + 1);
        return true;
    }

    /** Consumer: takes the first item, or null. */
    StreamItem poll() {
        while (true) {
            long at = head;
            if (at == (long) TAIL.getAcquire(this)) {
                return null;
            }
            int index = (int) at & mask;
            Object item = CELL.getAcquire(cells, index);
            boolean taken =
                    item != TOMBSTONE && (item instanceof Marker || CELL.compareAndSet(cells, index, item, TOMBSTONE));
            CELL.setRelease(cells, index, (Object) null);
            HEAD.setRelease(this, at + 1);
            if (taken) {
                return (StreamItem) item;
            }
        }
    }

    /** Producer: takes back the oldest sample, or null when there is none. Markers stay. */
    Sample takeBackOldest() {
        long end = tail;
        for (long at = (long) HEAD.getAcquire(this); at < end; at++) {
            int index = (int) at & mask;
            Object item = CELL.getAcquire(cells, index);
            if (item instanceof Sample sample && CELL.compareAndSet(cells, index, item, TOMBSTONE)) {
                return sample;
            }
        }
        return null;
    }

    /** Producer: the oldest sample without taking it, or null; it may be taken by the consumer at any moment. */
    Sample oldest() {
        long end = tail;
        for (long at = (long) HEAD.getAcquire(this); at < end; at++) {
            if (CELL.getAcquire(cells, (int) at & mask) instanceof Sample sample) {
                return sample;
            }
        }
        return null;
    }

    boolean isEmpty() {
        return (long) HEAD.getAcquire(this) == (long) TAIL.getAcquire(this);
    }
}
