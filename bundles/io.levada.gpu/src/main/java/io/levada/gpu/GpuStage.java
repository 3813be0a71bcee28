/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu;

import io.levada.api.media.Sample;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.Transform;
import io.levada.cuda.Cuda;
import io.levada.cuda.CudaDevice;
import io.levada.cuda.CudaStream;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the stages here have in common: a stream on a device, opened when the format says where the content is.
 *
 * @param <I> what it takes
 */
abstract class GpuStage<I extends Sample> implements Transform<I> {

    /** The device may be behind by so many samples before a stage is held back. */
    private static final int MOST_PENDING = 32;

    private final AtomicLong launched = new AtomicLong();
    private StageContext context;
    private CudaStream stream;

    @Override
    public void open(StageContext context) throws StageException {
        this.context = context;
        Cuda.probe().device(-1); // refuses here where there is none
        context.gauge("launches", launched::get);
    }

    final StageContext context() {
        return context;
    }

    /**
     * Goes to work on a device.
     *
     * @param index as in a format; negative for the one with the least to do
     */
    final CudaStream on(int index) throws StageException {
        if (stream == null || index >= 0 && stream.device().index() != index) {
            leave();
            stream = Cuda.probe().device(index).open(context.id(), context::wake);
            context.gauge("device", stream.device()::index);
            context.explain("on " + stream.device());
            context.gauge("pending", stream::pending);
        }
        stream.device().bind();
        return stream;
    }

    final CudaStream stream() {
        return stream;
    }

    final CudaDevice device() {
        return stream.device();
    }

    /** At the beginning of a call that starts work: the device is whole, current, and not too far behind. */
    final void begin() throws StageException {
        stream.limit(MOST_PENDING);
        device().bind();
    }

    final void launched() {
        launched.incrementAndGet();
    }

    /** Gives back what belongs to the stream, before that is closed. */
    abstract void leaving();

    private void leave() {
        leaving();
        if (stream != null) {
            stream.close();
            stream = null;
        }
    }

    @Override
    public void wake(io.levada.api.stage.Output out) throws Exception {
        if (stream != null) {
            stream.requireWhole();
        }
    }

    @Override
    public void close() {
        leave();
    }
}
