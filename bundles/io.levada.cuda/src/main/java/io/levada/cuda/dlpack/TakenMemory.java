/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda.dlpack;

import io.levada.api.media.Memory;
import io.levada.cuda.CudaEvent;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.BytePointer;

/** Memory of another library; its deleter is called after the last release. */
final class TakenMemory extends Memory {

    /**
     * Calls deleters, for they may wait (Python's do for its interpreter) and whoever releases last may not, CUDA's own thread
     * least of all.
     */
    private static final ThreadPoolExecutor DELETING = deleting();

    private static final AtomicInteger TAKEN = new AtomicInteger();

    private final long structure;
    private final long deleter;
    private final int device;
    private final long address;
    private final long size;
    private final Optional<ByteBuffer> plane;
    private final Optional<CudaEvent> ready;

    private TakenMemory(
            ManagedTensor structure, int device, long size, Optional<ByteBuffer> plane, Optional<CudaEvent> ready) {
        this.structure = structure.address();
        this.deleter = structure.deleter();
        this.device = device;
        this.address = structure.data();
        this.size = size;
        this.plane = plane;
        this.ready = ready;
        TAKEN.incrementAndGet();
    }

    static TakenMemory host(ManagedTensor structure, int size) {
        var plane = size == 0
                ? ByteBuffer.allocateDirect(0)
                : new BytePointer(new ManagedTensor.At(structure.data()))
                        .capacity(size)
                        .asByteBuffer();
        return new TakenMemory(
                structure,
                0,
                size,
                Optional.of(plane.asReadOnlyBuffer().order(ByteOrder.nativeOrder())),
                Optional.empty());
    }

    /** @param ready recorded already; closed with the memory */
    static TakenMemory device(ManagedTensor structure, long size, CudaEvent ready) {
        return new TakenMemory(structure, structure.deviceId(), size, Optional.empty(), Optional.of(ready));
    }

    private static ThreadPoolExecutor deleting() {
        var executor = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
            var thread = new Thread(work, "levada-dlpack");
            thread.setDaemon(true);
            return thread;
        });
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /** Of how many the deleter is still to be called. */
    static int taken() {
        return TAKEN.get();
    }

    @Override
    public Kind kind() {
        return plane.isPresent() ? Kind.HOST : Kind.CUDA;
    }

    @Override
    public int device() {
        return device;
    }

    @Override
    public int planes() {
        return 1;
    }

    @Override
    public long size(int plane) {
        Objects.checkIndex(plane, 1);
        return size;
    }

    @Override
    public long address(int plane) {
        Objects.checkIndex(plane, 1);
        return address;
    }

    @Override
    public ByteBuffer plane(int plane) {
        Objects.checkIndex(plane, 1);
        return this.plane.orElseThrow(
                () -> new IllegalStateException("memory of GPU " + device + "; put a gpu.download stage in between"));
    }

    @Override
    public long readyEvent() {
        return ready.map(CudaEvent::number).orElse(0L);
    }

    @Override
    protected void deallocate() {
        ready.ifPresent(CudaEvent::close);
        DELETING.execute(() -> {
            try {
                if (deleter != 0) {
                    Deleter.call(deleter, structure);
                }
            } finally {
                TAKEN.decrementAndGet();
            }
        });
    }
}
