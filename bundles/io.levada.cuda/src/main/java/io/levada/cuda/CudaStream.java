/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda;

import static org.bytedeco.cuda.global.cudart.*;

import io.levada.api.media.LeakDetector;
import io.levada.api.media.Memory;
import io.levada.api.stage.StageException;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.Pointer;

/**
 * A stage's own order of work on a device. Used by the stage's thread of the moment; what has ended is found out by CUDA's
 * own thread, which then releases what the work was holding. Nobody waits for the device, except in {@link #limit}.
 *
 * <p>After {@link #close} it stays until its work has ended and its memory has come back.
 */
public final class CudaStream implements AutoCloseable {

    /** A block of threads over a plane: a warp for each of its rows. */
    private static final int BLOCK_WIDTH = 32;

    private static final int BLOCK_HEIGHT = 8;

    /** Work that takes longer than this has hung: kernels for pictures take microseconds to milliseconds. */
    static final long PATIENCE = 10_000_000_000L;

    private static final long NAP = 100_000;

    private final CudaDevice device;
    private final String stage;
    private final Runnable wake;
    private final CUstream_st handle = new CUstream_st();
    private final EventAt foreign = new EventAt();

    /** The stage's, and one for each memory and each fence that is not back. */
    private final AtomicInteger references = new AtomicInteger(1);

    private final ArrayDeque<Fence> pending = new ArrayDeque<>();
    private final ArrayDeque<CUevent_st> idle = new ArrayDeque<>();
    private volatile int waiting;
    /** When a fence was reached last: what is behind it began no earlier. */
    private long reached = Long.MIN_VALUE;

    private volatile String hung = "";
    private volatile boolean risky;
    private boolean closed;

    CudaStream(CudaDevice device, String stage, Runnable wake) {
        this.device = device;
        this.stage = stage;
        this.wake = wake;
        Driver.check(cuStreamCreate(handle, CU_STREAM_NON_BLOCKING), "making a stream of " + device);
        device.opened(this);
    }

    public CudaDevice device() {
        return device;
    }

    /** Who uses it. */
    public String stage() {
        return stage;
    }

    /** For calls of CUDA's. */
    public CUstream_st handle() {
        return handle;
    }

    /** It runs code of the user's, which is the first to be suspected when the device fails. */
    public void risky() {
        risky = true;
    }

    boolean hangs() {
        return !hung.isEmpty();
    }

    boolean isRisky() {
        return risky;
    }

    /** What follows on this stream begins when the content of the memory is there. */
    public void await(Memory memory) {
        long event = memory.readyEvent();
        if (event != 0) {
            check(cuStreamWaitEvent(handle, foreign.at(event), 0), "waiting for a sample");
        }
    }

    /** Starts a kernel; the arguments are copied before this returns. */
    public void launch(
            CudaKernel kernel, int blocksX, int blocksY, int blocksZ, int x, int y, KernelArguments arguments) {
        int result = cuLaunchKernel(
                kernel.handle(), blocksX, blocksY, blocksZ, x, y, 1, 0, handle, arguments.parameters(), null);
        check(result, "starting the kernel " + kernel.name());
        device.launched();
    }

    /**
     * Starts a kernel with a thread for each element of a plane, in blocks of 32 by 8; those at its edges reach beyond it. The
     * arguments are copied before this returns.
     */
    public void launchOver(CudaKernel kernel, int width, int height, KernelArguments arguments) {
        launch(
                kernel,
                (width + BLOCK_WIDTH - 1) / BLOCK_WIDTH,
                (height + BLOCK_HEIGHT - 1) / BLOCK_HEIGHT,
                1,
                BLOCK_WIDTH,
                BLOCK_HEIGHT,
                arguments);
    }

    /** Copies bytes of the host, pinned ones, to the device; counted. */
    public void toDevice(long to, Pointer from, long bytes) {
        check(cuMemcpyHtoDAsync(to, from, bytes, handle), "copying to the device");
        device.copies().toDevice(bytes);
    }

    /** Copies bytes of the device to pinned ones of the host; counted. They are there when a {@link #fence} is reached. */
    public void toHost(Pointer to, long from, long bytes) {
        check(cuMemcpyDtoHAsync(to, from, bytes, handle), "copying to the host");
        device.copies().toHost(bytes);
    }

    /** Copies within the device. */
    public void copy(long to, long from, long bytes) {
        check(cuMemcpyDtoDAsync(to, from, bytes, handle), "copying on the device");
    }

    /** An event to be recorded on this stream. */
    public CudaEvent event() {
        return new CudaEvent(this);
    }

    /** Marks the end of the work so far: until then what it reads and writes is retained. */
    public Fence fence(Memory... held) {
        synchronized (this) {
            var fence = new Fence(idle.isEmpty() ? fenceEvent() : idle.pop(), held.clone(), System.nanoTime());
            for (var memory : held) {
                memory.retain();
            }
            references.incrementAndGet();
            pending.add(fence);
            waiting = pending.size();
            check(cuEventRecord(fence.event, handle), "recording an event");
            Completions.signal();
            return fence;
        }
    }

    private CUevent_st fenceEvent() {
        var made = new CUevent_st();
        check(cuEventCreate(made, CU_EVENT_DISABLE_TIMING), "making an event");
        return made;
    }

    /** How many fences are not reached. */
    public int pending() {
        return waiting;
    }

    /**
     * Holds the caller back while the device is behind by more than so many fences; for stages whose work is BLOCKING.
     *
     * @throws StageException when the device failed or the work hangs
     */
    public void limit(int most) throws StageException {
        while (waiting > most) {
            requireWhole();
            LockSupport.parkNanos(NAP);
        }
        requireWhole();
    }

    /** @throws StageException when the device failed, or this stream's work hangs */
    public void requireWhole() throws StageException {
        device.requireWhole();
        if (!hung.isEmpty()) {
            throw StageException.failed(hung)
                    .remedy("an endless kernel can't be stopped: mend it and restart the node to free the GPU of it");
        }
    }

    void check(int result, String doing) {
        device.check(result, this, doing + " for " + stage);
    }

    /**
     * Releases what ended work held. CUDA's own thread calls it.
     *
     * @return whether there is more to wait for
     */
    boolean poll(long now) {
        if (waiting == 0) {
            return false;
        }
        boolean progress = false;
        var before = LeakDetector.enter(stage);
        try {
            for (var fence = ended(now); fence != null; fence = ended(now)) {
                progress = true;
                fence.reach();
                concluded();
                release();
            }
        } finally {
            LeakDetector.exit(before);
        }
        if (progress) {
            wake.run();
        }
        return waiting > 0;
    }

    /** Who waits for fewer fences finds what they held released. */
    private synchronized void concluded() {
        waiting = pending.size();
    }

    private synchronized Fence ended(long now) {
        var fence = pending.peek();
        if (fence == null) {
            return null;
        }
        int result = device.failure().isEmpty() ? cuEventQuery(fence.event) : CUDA_SUCCESS;
        if (result == CUDA_ERROR_NOT_READY) {
            if (now - Math.max(fence.since, reached) > PATIENCE && hung.isEmpty()) {
                hung = "the work of " + stage + " on " + device + " has not ended for " + PATIENCE / 1_000_000_000L
                        + " s";
                wake.run();
            }
            return null;
        }
        if (CudaDevice.spoils(result)) {
            device.fail(result, Completions.suspects(device, this));
        }
        hung = "";
        reached = now;
        pending.remove();
        idle.push(fence.event);
        return fence;
    }

    /** The device is lost: nothing runs on it any more, as the stage shall see. */
    void failed() {
        wake.run();
    }

    void retain() {
        references.incrementAndGet();
    }

    void release() {
        if (references.decrementAndGet() == 0) {
            Completions.remove(this);
            device.closed();
            if (device.failure().isEmpty()) {
                synchronized (this) {
                    idle.forEach(event -> cuEventDestroy(event));
                    idle.clear();
                }
                cuStreamDestroy(handle);
            }
        }
    }

    /** Nothing more is started; does not wait for what runs. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            release();
        }
    }

    /** The end of a stretch of work. */
    public static final class Fence {

        private final CUevent_st event;
        private final Memory[] held;
        private final long since;
        private volatile boolean reached;

        private Fence(CUevent_st event, Memory[] held, long since) {
            this.event = event;
            this.held = held;
            this.since = since;
        }

        /** Whether the device is past it. */
        public boolean reached() {
            return reached;
        }

        private void reach() {
            for (var memory : held) {
                memory.release();
            }
            reached = true;
        }
    }

    /** An event by its number, which is how it travels with a sample. */
    private static final class EventAt extends CUevent_st {

        CUevent_st at(long number) {
            address = number;
            return this;
        }
    }
}
