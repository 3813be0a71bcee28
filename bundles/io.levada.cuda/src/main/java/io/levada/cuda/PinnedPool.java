/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda;

import static org.bytedeco.cuda.global.cudart.CUDA_SUCCESS;
import static org.bytedeco.cuda.global.cudart.CU_MEMHOSTALLOC_PORTABLE;
import static org.bytedeco.cuda.global.cudart.cuMemFreeHost;
import static org.bytedeco.cuda.global.cudart.cuMemHostAlloc;

import io.levada.api.media.Memory;
import io.levada.api.stage.StageException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** Host memory of one size that devices copy to and from by themselves. Making it is slow, so it is kept. Thread-safe. */
public final class PinnedPool implements AutoCloseable {

    /**
     * The driver waits for what runs on the device before it gives memory back, for ever if that does not end; whoever releases
     * last may not, CUDA's own thread least of all.
     */
    private static final ThreadPoolExecutor FREEING = freeing();

    private final CudaDevice device;
    private final int kept;
    private final long[] sizes;
    private final long[] offsets;
    private final long bytes;
    private final ConcurrentLinkedQueue<Pinned> free = new ConcurrentLinkedQueue<>();
    private final AtomicInteger idle = new AtomicInteger();
    private volatile boolean closed;

    /**
     * @param kept how many idle memories to keep at most
     * @param sizes bytes of each plane
     */
    public PinnedPool(CudaDevice device, int kept, long... sizes) {
        this.device = device;
        this.kept = kept;
        this.sizes = sizes.clone();
        this.offsets = new long[sizes.length];
        long end = 0;
        for (int i = 0; i < sizes.length; i++) {
            offsets[i] = end;
            end += (sizes[i] + 63) / 64 * 64;
        }
        this.bytes = end;
    }

    private static ThreadPoolExecutor freeing() {
        var executor = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
            var thread = new Thread(work, "levada-cuda-free");
            thread.setDaemon(true);
            return thread;
        });
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /** Memory with one reference and undefined content. */
    public Pinned take() throws StageException {
        var memory = free.poll();
        if (memory != null) {
            idle.decrementAndGet();
            memory.again();
            return memory;
        }
        device.bind();
        try (var made = new PointerPointer<Pointer>(1)) {
            int result = cuMemHostAlloc(made, bytes, CU_MEMHOSTALLOC_PORTABLE);
            if (result != CUDA_SUCCESS) {
                throw StageException.retry("no pinned memory of " + bytes + " bytes: " + Driver.text(result));
            }
            var fresh = new Pinned(new BytePointer(made.get()).capacity(bytes));
            fresh.again();
            return fresh;
        }
    }

    private boolean keep(Pinned memory) {
        if (closed) {
            return false;
        }
        if (idle.incrementAndGet() > kept) {
            idle.decrementAndGet();
            return false;
        }
        free.add(memory);
        if (closed) {
            close();
        }
        return true;
    }

    @Override
    public void close() {
        closed = true;
        for (var memory = free.poll(); memory != null; memory = free.poll()) {
            memory.free();
        }
    }

    /** Pinned host memory. */
    public final class Pinned extends Memory {

        private final BytePointer base;
        private final BytePointer[] pointers = new BytePointer[sizes.length];
        private final ByteBuffer[] writable = new ByteBuffer[sizes.length];
        private final ByteBuffer[] readable = new ByteBuffer[sizes.length];

        private Pinned(BytePointer base) {
            super(0);
            this.base = base;
            for (int plane = 0; plane < sizes.length; plane++) {
                pointers[plane] = base.getPointer(offsets[plane]).capacity(sizes[plane]);
                writable[plane] = pointers[plane].asByteBuffer().order(ByteOrder.nativeOrder());
                readable[plane] = writable[plane].asReadOnlyBuffer().order(ByteOrder.nativeOrder());
            }
        }

        private void again() {
            revive();
        }

        /** A plane for writing, from index 0; only its maker may, and before the first sample over it is emitted. */
        public ByteBuffer writable(int plane) {
            return writable[plane];
        }

        /** A plane, for copies by the device. */
        public BytePointer pointer(int plane) {
            return pointers[plane];
        }

        @Override
        public Kind kind() {
            return Kind.HOST;
        }

        @Override
        public int planes() {
            return sizes.length;
        }

        @Override
        public long size(int plane) {
            return sizes[plane];
        }

        @Override
        public long address(int plane) {
            return base.address() + offsets[Objects.checkIndex(plane, sizes.length)];
        }

        @Override
        public ByteBuffer plane(int plane) {
            return readable[plane];
        }

        @Override
        protected void deallocate() {
            if (!keep(this)) {
                free();
            }
        }

        private void free() {
            FREEING.execute(this::unpin);
        }

        private void unpin() {
            try {
                device.bind();
                cuMemFreeHost(base);
            } catch (StageException | CudaException e) {
                // the device is lost, and its host memory goes with the process
            }
        }
    }
}
