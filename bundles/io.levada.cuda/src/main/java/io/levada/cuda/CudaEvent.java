/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda;

import static org.bytedeco.cuda.global.cudart.*;

import io.levada.api.stage.StageException;
import java.util.concurrent.locks.LockSupport;
import org.bytedeco.cuda.cudart.CUevent_st;

/** Marks a place in a stream's work, over and over again. Its stream stays until it is closed. */
public final class CudaEvent implements AutoCloseable {

    private static final long NAP = 20_000;

    private final CudaStream stream;
    private final CUevent_st handle = new CUevent_st();

    CudaEvent(CudaStream stream) {
        this.stream = stream;
        stream.check(cuEventCreate(handle, CU_EVENT_DISABLE_TIMING), "making an event");
        stream.retain();
    }

    /** It completes when what is on the stream so far is done. */
    public void record() {
        stream.check(cuEventRecord(handle, stream.handle()), "recording an event");
    }

    /**
     * Waits for what was on the stream when this was {@link #record recorded}; for threads of one's own, not of the node's
     * pools.
     *
     * @throws StageException when the device failed, or the work hangs
     */
    public void await() throws StageException {
        long since = System.nanoTime();
        while (!reached()) {
            if (System.nanoTime() - since > CudaStream.PATIENCE) {
                throw StageException.failed("the work of " + stream.stage() + " on " + stream.device()
                                + " has not ended for " + CudaStream.PATIENCE / 1_000_000_000L + " s")
                        .remedy("see which stage of that GPU hangs, and restart the node to free it of that");
            }
            LockSupport.parkNanos(NAP);
        }
    }

    private boolean reached() throws StageException {
        stream.requireWhole();
        int result = cuEventQuery(handle);
        if (result != CUDA_ERROR_NOT_READY) {
            stream.check(result, "waiting for work");
        }
        return result == CUDA_SUCCESS;
    }

    /** The {@code CUevent}, for {@code Memory.readyEvent}. */
    public long number() {
        return handle.address();
    }

    @Override
    public void close() {
        if (stream.device().failure().isEmpty()) {
            cuEventDestroy(handle);
        }
        stream.release();
    }
}
