/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda;

import static org.bytedeco.cuda.global.cudart.CU_EVENT_DISABLE_TIMING;
import static org.bytedeco.cuda.global.cudart.cuEventCreate;
import static org.bytedeco.cuda.global.cudart.cuEventDestroy;
import static org.bytedeco.cuda.global.cudart.cuEventRecord;

import org.bytedeco.cuda.cudart.CUevent_st;

/** Marks a place in a stream's work, over and over again. Its stream stays until it is closed. */
public final class CudaEvent implements AutoCloseable {

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
