/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda;

import static org.bytedeco.cuda.global.cudart.cuEventRecord;
import static org.bytedeco.cuda.global.cudart.cuStreamWaitEvent;

import io.levada.api.media.Memory;
import io.levada.api.stage.StageException;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUstream_st;

/**
 * A stream that another library of this process made, such as PyTorch's, by its number. It has to live as long as it is used
 * here. Methods need the device's context on the calling thread: see {@link Binding}.
 */
public final class ForeignStream {

    private static final long NOT_ORDERED = -1;

    private final CudaDevice device;
    private final CUstream_st handle;
    private final boolean ordered;

    private ForeignStream(CudaDevice device, long number) {
        this.device = device;
        this.handle = new StreamAt(number);
        this.ordered = number != NOT_ORDERED;
    }

    /**
     * @param number as in Python's {@code __dlpack__(stream)}: a {@code CUstream}; 1 for the legacy default stream, 2 for the
     *     default stream of each thread; -1 when the other library sees to the order by itself
     * @throws StageException for 0, which could be either default stream
     */
    public static ForeignStream of(CudaDevice device, long number) throws StageException {
        if (number == 0 || number < NOT_ORDERED) {
            throw StageException.failed("another library has no stream " + number)
                    .remedy("1 is CUDA's legacy default stream, 2 that of each thread, -1 asks for no order");
        }
        return new ForeignStream(device, number);
    }

    public CudaDevice device() {
        return device;
    }

    /** What follows on it begins when the content of the memory is there. */
    public void await(Memory memory, CudaStream lender) {
        long ready = memory.readyEvent();
        if (ordered && ready != 0) {
            lender.check(cuStreamWaitEvent(handle, new EventAt(ready), 0), "making another library wait");
        }
    }

    /**
     * Retains the memory until what is on this stream so far is done, and has what follows on the lender's stream wait for it.
     *
     * @param done of the lender's stream, to be recorded here
     */
    public void hold(Memory memory, CudaStream lender, CudaEvent done) {
        if (ordered) {
            var event = new EventAt(done.number());
            lender.check(cuEventRecord(event, handle), "recording an event of another library");
            lender.check(cuStreamWaitEvent(lender.handle(), event, 0), "waiting for another library");
            lender.fence(memory);
        }
    }

    private static final class StreamAt extends CUstream_st {

        StreamAt(long number) {
            address = number;
        }
    }

    private static final class EventAt extends CUevent_st {

        EventAt(long number) {
            address = number;
        }
    }
}
