/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/**
 * Reference-counted memory on host or device that any number of samples share. It comes with one reference, its maker's;
 * the last {@link #release()} hands it back to whoever made it, which recycles it.
 *
 * <p>Thread-safe as far as counting goes; the content is written before the first sample is emitted and read-only after.
 *
 * <p>Makers extend it. Native bundles keep their handle in the subclass and find it again by {@code instanceof}.
 */
public abstract class Memory {

    /** Where memory lives. */
    public enum Kind {
        /** Ordinary memory, readable through {@link Memory#plane}. */
        HOST,
        /** Memory of an NVIDIA device. */
        CUDA,
        /** A VAAPI surface. */
        VAAPI
    }

    /** For samples without bytes; counting references of it does nothing. */
    public static final Memory NONE = new NoMemory();

    private static final VarHandle REFERENCES;

    static {
        try {
            REFERENCES = MethodHandles.lookup().findVarHandle(Memory.class, "references", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // through REFERENCES
    private volatile int references;

    private LeakDetector.Track track;

    /** Who is charged for it until its last release; written by its maker, before others know it. */
    private MemoryBudget budget;

    private long charged;

    /** Memory with one reference. */
    protected Memory() {
        this(1);
    }

    /** @param references 1, or 0 for memory that a pool keeps until it is {@link #revive() revived} */
    protected Memory(int references) {
        this.references = references;
        if (references > 0) {
            track = LeakDetector.track(this);
        }
    }

    public abstract Kind kind();

    /** The device's index for device memory, else 0. */
    public int device() {
        return 0;
    }

    /** The number of separately addressed planes. */
    public abstract int planes();

    /** Bytes in a plane. */
    public abstract long size(int plane);

    /** The native address of a plane on its device, or 0 for memory that has none. */
    public abstract long address(int plane);

    /**
     * A plane as a read-only buffer with a position, limit and byte order of its own: plane 0 begins at index 0. The
     * buffer may be shared by all readers on this thread's turn, so use absolute reads or {@code duplicate()}.
     *
     * @throws IllegalStateException for memory that is not on the host; put a download stage in between
     */
    public abstract ByteBuffer plane(int plane);

    /**
     * The device's event that completes when the content is there (CUDA: a {@code CUevent}); 0 when it is there already.
     * A consumer makes its own stream wait on it instead of synchronising.
     */
    public long readyEvent() {
        return 0;
    }

    /** What this holds on to, in bytes, over all planes. */
    public long bytes() {
        long sum = 0;
        for (int i = 0; i < planes(); i++) {
            sum += size(i);
        }
        return sum;
    }

    /**
     * Takes one more reference.
     *
     * @throws IllegalStateException when the memory was given back already
     */
    public final Memory retain() {
        if (!counted()) {
            return this;
        }
        int before = (int) REFERENCES.getAndAdd(this, 1);
        if (before <= 0) {
            REFERENCES.getAndAdd(this, -1);
            throw new IllegalStateException("retained after its last release: " + describe());
        }
        var tracked = track;
        if (tracked != null) {
            tracked.retained();
        }
        return this;
    }

    /**
     * Gives one reference back.
     *
     * @return whether it was the last one
     * @throws IllegalStateException when there was none left to give back
     */
    public final boolean release() {
        if (!counted()) {
            return false;
        }
        var tracked = track;
        if (tracked != null) {
            tracked.released();
        }
        int before = (int) REFERENCES.getAndAdd(this, -1);
        if (before > 1) {
            return false;
        }
        if (before < 1) {
            REFERENCES.getAndAdd(this, 1);
            throw new IllegalStateException("released more often than retained: " + describe());
        }
        if (tracked != null) {
            tracked.freed();
            track = null;
        }
        var payer = budget;
        if (payer != null) {
            budget = null;
            payer.add(-charged);
        }
        deallocate();
        return true;
    }

    /** The platform's: whoever emits it first is charged for it until its last release. */
    public final void charge(MemoryBudget payer) {
        if (budget != null || !counted()) {
            return;
        }
        charged = bytes();
        budget = payer;
        payer.add(charged);
        var tracked = track;
        if (tracked != null) {
            tracked.charged(payer, charged);
        }
    }

    /** How many references there are at this moment. */
    public final int references() {
        return (int) REFERENCES.getVolatile(this);
    }

    /** For the leak detector: one reference moves from the current holder to the named one. The platform calls it. */
    public final void handOver(String holder) {
        var tracked = track;
        if (tracked != null) {
            tracked.handedOver(holder);
        }
    }

    /** Called once when the count has reached zero, on the thread that released last; must not throw. */
    protected abstract void deallocate();

    /** A pool gives this memory out again, with one reference. */
    protected final void revive() {
        if (!REFERENCES.compareAndSet(this, 0, 1)) {
            throw new IllegalStateException("still referenced, so it can't be given out again: " + describe());
        }
        track = LeakDetector.track(this);
    }

    /** Whether references are counted at all. */
    boolean counted() {
        return true;
    }

    private String describe() {
        return getClass().getSimpleName() + " of " + planes() + " planes";
    }

    private static final class NoMemory extends Memory {

        NoMemory() {
            super(0);
        }

        @Override
        boolean counted() {
            return false;
        }

        @Override
        public Kind kind() {
            return Kind.HOST;
        }

        @Override
        public int planes() {
            return 0;
        }

        @Override
        public long size(int plane) {
            throw new IndexOutOfBoundsException(plane);
        }

        @Override
        public long address(int plane) {
            throw new IndexOutOfBoundsException(plane);
        }

        @Override
        public ByteBuffer plane(int plane) {
            throw new IndexOutOfBoundsException(plane);
        }

        @Override
        protected void deallocate() {}
    }
}
