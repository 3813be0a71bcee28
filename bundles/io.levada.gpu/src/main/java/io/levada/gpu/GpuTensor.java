/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu;

import io.levada.api.media.Format;
import io.levada.api.media.Memory;
import io.levada.api.media.Stamp;
import io.levada.api.media.Tensor;
import io.levada.api.media.TensorFormat;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Input;
import io.levada.api.stage.Output;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Transform;
import io.levada.api.stage.Work;
import io.levada.cuda.Cuda;
import io.levada.cuda.CudaMemory;
import io.levada.cuda.CudaPool;
import io.levada.gpu.picture.TensorKernel;
import io.levada.tensor.picture.SpecText;
import io.levada.tensor.picture.TensorParameters;
import io.levada.tensor.picture.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.metatype.annotations.Designate;

/**
 * Makes tensors of pictures on the device: resized, converted to RGB, normalised and laid out by one kernel for a whole batch.
 * The same parameters as {@code cpu.tensor}, and the same result.
 */
@Component(service = Transform.class, scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(
        value = "gpu.tensor",
        role = "tensor",
        accepts = "frame:video@cuda",
        emits = "tensor:data@cuda",
        work = Work.BLOCKING)
@Designate(ocd = TensorParameters.class)
public final class GpuTensor extends GpuStage<VideoFrame> {

    /** Idle tensors that are kept: what links hold and the stage fills. */
    private static final int KEPT = 8;

    private TensorSpec spec;
    private int batch;
    private VideoFormat format;
    private TensorKernel kernel;
    private CudaPool pool;
    private VideoFrame[] frames;
    private Memory[] held;
    private int count;

    @Override
    public void open(StageContext context) throws StageException {
        super.open(context);
        var config = context.config(TensorParameters.class);
        spec = SpecText.read(config);
        batch = config.batch();
        SpecText.checkSize(spec, batch);
        TensorKernel.prepare(Cuda.probe().device(-1), spec);
        frames = new VideoFrame[batch];
        held = new Memory[batch + 2];
    }

    @Override
    public void format(Input input, Format coming, Output out) throws StageException {
        if (!(coming instanceof VideoFormat video) || video.memory() != Memory.Kind.CUDA) {
            throw StageException.invalid("gpu.tensor makes tensors of pictures on the GPU, not of " + coming)
                    .parameter("from")
                    .remedy("put a gpu.upload in between, or use cpu.tensor");
        }
        leaving();
        on(video.device());
        kernel = new TensorKernel(stream(), video, spec);
        pool = new CudaPool(stream(), KEPT, (long) spec.bytes() * batch);
        format = video;
        out.format(tensors(batch));
    }

    private TensorFormat tensors(int rows) {
        return spec.format(rows, format);
    }

    @Override
    public void process(Input input, VideoFrame frame, Output out) throws StageException {
        if (count > 0 && frame.stride(0) != frames[0].stride(0)) {
            drain(out); // a kernel's pictures lie alike
        }
        frame.retain();
        frames[count++] = frame;
        if (count == batch) {
            emit(out);
        }
    }

    private void emit(Output out) throws StageException {
        begin();
        var memory = pool.take();
        try {
            start(memory);
        } catch (RuntimeException e) {
            memory.release();
            throw e;
        }
        launched();
        var last = frames[count - 1];
        var tensor = Tensor.over(memory, tensors(count))
                .rows(rows())
                .stamp(last.stamp())
                .pts(last.pts())
                .duration(last.duration())
                .build();
        forget();
        out.emit(tensor);
    }

    private void start(CudaMemory memory) {
        for (int i = 0; i < count; i++) {
            stream().await(frames[i].memory());
            held[i] = frames[i].memory();
        }
        stream().await(kernel.tables());
        kernel.run(frames, count, memory.address(0));
        memory.written();
        held[count] = memory;
        held[count + 1] = kernel.tables();
        stream().fence(count == batch ? held : Arrays.copyOf(held, count + 2));
    }

    private List<Stamp> rows() {
        var rows = new ArrayList<Stamp>(count);
        for (int i = 0; i < count; i++) {
            rows.add(frames[i].stamp());
        }
        return rows;
    }

    private void forget() {
        for (int i = 0; i < count; i++) {
            frames[i].release();
            frames[i] = null;
        }
        count = 0;
    }

    /** What there is of a batch goes out as a smaller one. */
    @Override
    public void drain(Output out) throws StageException {
        if (count > 0) {
            boolean smaller = count < batch;
            if (smaller) {
                out.format(tensors(count));
            }
            emit(out);
            if (smaller) {
                out.format(tensors(batch));
            }
        }
    }

    @Override
    public void flush() {
        forget();
    }

    @Override
    void leaving() {
        if (frames != null) {
            forget();
        }
        if (kernel != null) {
            kernel.close();
            kernel = null;
        }
        if (pool != null) {
            pool.close();
            pool = null;
        }
    }
}
