/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.StageException;
import io.levada.cuda.Cuda;
import io.levada.cuda.CudaDevice;
import io.levada.cuda.CudaPool;
import io.levada.cuda.CudaStream;
import io.levada.gpu.picture.TensorKernel;
import io.levada.tensor.picture.Fit;
import io.levada.tensor.picture.TensorSpec;
import java.util.List;

/** Pictures on a GPU, by the kernel of gpu.tensor: they stay there, and so do the rows. */
final class DevicePictures implements PictureMaker {

    /** Idle tensors that are kept: what one stage may have asked and not been told. */
    private static final int KEPT = 8;

    private final CudaStream stream;
    private final CudaPool pool;
    private final TensorKernel kernel;
    private final VideoFrame[] frames = new VideoFrame[1];

    /** @param stage who will be named when something goes wrong */
    DevicePictures(String stage, VideoFormat format, TensorSpec spec) throws StageException {
        stream = Cuda.probe().device(format.device()).open(stage, () -> {});
        try {
            kernel = new TensorKernel(stream, format, spec);
        } catch (StageException | RuntimeException e) {
            stream.close();
            throw e;
        }
        pool = new CudaPool(stream, KEPT, spec.bytes());
    }

    /** Compiles what it will need, before the first picture comes. */
    static void prepare(CudaDevice device, ModelSpec spec) throws StageException {
        var none = List.of(0f, 0f, 0f);
        TensorKernel.prepare(
                device, spec.tensors(Fit.STRETCH, false, 1, none, List.of(1f, 1f, 1f))); // the numbers don't matter
    }

    @Override
    public void fill(Row row, VideoFrame frame) throws StageException {
        stream.requireWhole();
        stream.device().bind();
        var memory = pool.take();
        try {
            stream.await(frame.memory());
            stream.await(kernel.tables());
            frames[0] = frame;
            kernel.run(frames, 1, memory.address(0));
            memory.written();
            stream.fence(frame.memory(), kernel.tables(), memory);
            row.lie(memory, 0);
        } finally {
            memory.release();
        }
    }

    @Override
    public int pending() {
        return stream.pending();
    }

    @Override
    public void close() {
        kernel.close();
        pool.close();
        stream.close();
    }
}
