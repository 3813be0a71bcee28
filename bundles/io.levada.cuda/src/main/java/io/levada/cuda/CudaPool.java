/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda;

import io.levada.api.stage.StageException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Device memory of one layout for the results of one stream. What comes back is written again on the same stream, so that
 * the order of the stream is all the protection it needs. Taken from by the stage's thread, given back to from any.
 */
public final class CudaPool implements AutoCloseable {

    private static final long ALIGNMENT = 256;

    private final CudaStream stream;
    private final int kept;
    private final long[] sizes;
    private final long[] offsets;
    private final long bytes;
    private final ConcurrentLinkedQueue<CudaMemory> free = new ConcurrentLinkedQueue<>();
    private final AtomicInteger idle = new AtomicInteger();
    private volatile boolean closed;

    /**
     * @param kept how many idle memories to keep at most
     * @param sizes bytes of each plane
     */
    public CudaPool(CudaStream stream, int kept, long... sizes) {
        this.stream = stream;
        this.kept = kept;
        this.sizes = sizes.clone();
        this.offsets = new long[sizes.length];
        long end = 0;
        for (int i = 0; i < sizes.length; i++) {
            offsets[i] = end;
            end += (sizes[i] + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
        this.bytes = end;
    }

    /** Memory with one reference and undefined content, for work on the stream. */
    public CudaMemory take() throws StageException {
        var memory = free.poll();
        if (memory == null) {
            memory = made();
        } else {
            idle.decrementAndGet();
        }
        stream.retain();
        memory.again();
        return memory;
    }

    private CudaMemory made() throws StageException {
        long address = stream.device().allocate(bytes, stream);
        try {
            return new CudaMemory(this, address);
        } catch (CudaException e) { // there is no room for its event
            stream.device().free(address, bytes, stream);
            throw e;
        }
    }

    void back(CudaMemory memory) {
        if (!keep(memory)) {
            memory.free();
        }
        stream.release();
    }

    private boolean keep(CudaMemory memory) {
        if (closed) {
            return false;
        }
        if (idle.incrementAndGet() > kept) {
            idle.decrementAndGet();
            return false;
        }
        free.add(memory);
        if (closed) {
            empty();
        }
        return true;
    }

    CudaStream stream() {
        return stream;
    }

    int planes() {
        return sizes.length;
    }

    long size(int plane) {
        return sizes[plane];
    }

    long offset(int plane) {
        return offsets[plane];
    }

    long bytes() {
        return bytes;
    }

    /** Frees what is idle; what is still out is freed when it comes back. Before the stream is closed. */
    @Override
    public void close() {
        closed = true;
        empty();
    }

    private void empty() {
        for (var memory = free.poll(); memory != null; memory = free.poll()) {
            memory.free();
        }
    }
}
