/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.stream;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Recycles chunks' memory, in sizes of powers of two. Thread-safe: consumers give back on their own threads. */
final class ChunkPool {

    private static final int SMALLEST_BITS = 12;
    private static final int LARGEST_BITS = 28;

    /** Idle bytes kept; what comes back beyond them is left to the collector. */
    private static final long KEPT = 32 << 20;

    private final ConcurrentLinkedQueue<?>[] idle = new ConcurrentLinkedQueue<?>[LARGEST_BITS + 1];
    private final AtomicLong idleBytes = new AtomicLong();

    ChunkPool() {
        for (int bits = SMALLEST_BITS; bits <= LARGEST_BITS; bits++) {
            idle[bits] = new ConcurrentLinkedQueue<ChunkMemory>();
        }
    }

    /**
     * Empty memory for at least so many bytes, with one reference.
     *
     * @throws IllegalStateException for more than 256 MiB
     */
    ChunkMemory take(int bytes) {
        int bits = bits(bytes);
        if (bits > LARGEST_BITS) {
            throw new IllegalStateException(
                    "a chunk of more than " + (1 << LARGEST_BITS) + " bytes; make fragments shorter");
        }
        var memory = queue(bits).poll();
        if (memory == null) {
            memory = new ChunkMemory(this, 1 << bits);
        } else {
            idleBytes.addAndGet(-memory.capacity());
        }
        return memory.again();
    }

    void back(ChunkMemory memory) {
        if (idleBytes.addAndGet(memory.capacity()) <= KEPT) {
            queue(bits(memory.capacity())).add(memory);
        } else {
            idleBytes.addAndGet(-memory.capacity());
        }
    }

    private static int bits(int bytes) {
        return Math.max(SMALLEST_BITS, Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, bytes) - 1));
    }

    @SuppressWarnings("unchecked")
    private ConcurrentLinkedQueue<ChunkMemory> queue(int bits) {
        return (ConcurrentLinkedQueue<ChunkMemory>) idle[bits];
    }
}
