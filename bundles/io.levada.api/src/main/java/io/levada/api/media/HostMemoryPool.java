/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Recycles host memory of one layout. Thread-safe. In test mode (leak detector at {@code all}) memory that comes back is
 * poisoned, so that a stage which reads a sample after releasing it sees garbage instead of luck.
 */
public final class HostMemoryPool {

    private static final byte POISON = (byte) 0xDB;

    private final int[] sizes;
    private final int kept;
    private final ConcurrentLinkedQueue<Pooled> free = new ConcurrentLinkedQueue<>();
    private final AtomicInteger idle = new AtomicInteger();

    /**
     * @param kept how many idle memories to keep at most; what comes back beyond it is left to the collector
     * @param sizes bytes of each plane
     */
    public HostMemoryPool(int kept, int... sizes) {
        this.kept = kept;
        this.sizes = sizes.clone();
    }

    /** Memory with one reference and undefined content. */
    public HostMemory take() {
        var pooled = free.poll();
        if (pooled == null) {
            return new Pooled();
        }
        idle.decrementAndGet();
        pooled.again();
        return pooled;
    }

    private final class Pooled extends HostMemory {

        Pooled() {
            super(buffers(sizes), 1);
        }

        void again() {
            revive();
        }

        @Override
        protected void deallocate() {
            if (LeakDetector.level() == LeakDetector.Level.ALL) {
                poison();
            }
            if (idle.incrementAndGet() <= kept) {
                free.add(this);
            } else {
                idle.decrementAndGet();
            }
        }

        private void poison() {
            for (int plane = 0; plane < planes(); plane++) {
                ByteBuffer bytes = writable(plane);
                for (int i = 0; i < bytes.limit(); i++) {
                    bytes.put(i, POISON);
                }
            }
        }
    }
}
