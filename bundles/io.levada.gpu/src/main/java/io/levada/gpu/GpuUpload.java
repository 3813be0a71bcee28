/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu;

import io.levada.api.media.Format;
import io.levada.api.media.Memory;
import io.levada.api.media.Sample;
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
import io.levada.cuda.CudaMemory;
import io.levada.cuda.CudaPool;
import io.levada.cuda.PinnedPool;
import java.nio.ByteBuffer;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Brings pictures and tensors from the host to a device, over pinned memory; goes on before they are there. */
@Component(service = Transform.class, scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(
        value = "gpu.upload",
        role = "upload",
        accepts = {"frame:video", "tensor:data"},
        emits = {"frame:video@cuda", "tensor:data@cuda"},
        work = Work.BLOCKING)
@Designate(ocd = GpuUpload.Config.class)
public final class GpuUpload extends GpuStage<Sample> {

    /** Its parameters. */
    @ObjectClassDefinition(
            name = "Upload to the GPU",
            description = "Pictures and tensors from the host to a GPU's memory")
    public @interface Config {

        @AttributeDefinition(
                description = "Index of the GPU; -1 for the one with the least to do",
                min = "-1",
                max = "63")
        int device() default -1;
    }

    private static final int KEPT = 8;

    private HostCopy copy;
    private VideoFormat pictures;
    private TensorFormat tensors;
    private PinnedPool staging;
    private CudaPool pool;
    private long tensorBytes;

    @Override
    public void open(StageContext context) throws StageException {
        super.open(context);
        on(context.config(Config.class).device());
    }

    @Override
    public void format(Input input, Format coming, Output out) throws StageException {
        leaving();
        stream().device().bind();
        if (coming instanceof VideoFormat video && video.memory() == Memory.Kind.HOST) {
            copy = HostCopy.of(video);
            pictures = video.toBuilder()
                    .memory(Memory.Kind.CUDA)
                    .device(device().index())
                    .build();
            pools(copy.sizes());
            out.format(pictures);
        } else if (coming instanceof TensorFormat tensor && tensor.memory() == Memory.Kind.HOST) {
            tensors = Tensors.in(tensor, Memory.Kind.CUDA, device().index());
            tensorBytes = -1;
            out.format(tensors);
        } else {
            throw StageException.invalid("gpu.upload takes pictures and tensors of the host, not " + coming)
                    .parameter("from");
        }
    }

    private void pools(long... sizes) {
        staging = new PinnedPool(device(), KEPT, sizes);
        pool = new CudaPool(stream(), KEPT, sizes);
    }

    @Override
    public void process(Input input, Sample sample, Output out) throws StageException {
        begin();
        if (sample instanceof VideoFrame frame) {
            upload(frame, out);
        } else if (sample instanceof Tensor tensor) {
            upload(tensor, out);
        }
    }

    private void upload(VideoFrame frame, Output out) throws StageException {
        var pinned = staging.take();
        try {
            for (int plane = 0; plane < copy.rows().length; plane++) {
                rows(frame, plane, pinned.writable(plane));
            }
            out.emit(frame.toBuilder()
                    .memory(toDevice(pinned))
                    .layout(pictures, copy.strides())
                    .build());
        } finally {
            pinned.release();
        }
    }

    private void rows(VideoFrame frame, int plane, ByteBuffer to) {
        var from = frame.plane(plane);
        int stride = copy.strides()[plane];
        int bytes = copy.rowBytes()[plane];
        for (int row = 0; row < copy.rows()[plane]; row++) {
            to.put(row * stride, from, row * frame.stride(plane), bytes);
        }
    }

    private void upload(Tensor tensor, Output out) throws StageException {
        long bytes = HostCopy.bytes(tensor);
        if (bytes != tensorBytes) { // the last batch of a stream may be smaller
            closePools();
            pools(bytes);
            tensorBytes = bytes;
        }
        var pinned = staging.take();
        try {
            pinned.writable(0).put(0, tensor.memory().plane(0), 0, Math.toIntExact(bytes));
            var format = Tensors.in(tensor.format(), Memory.Kind.CUDA, device().index());
            out.emit(tensor.toBuilder()
                    .memory(toDevice(pinned))
                    .layout(format, Tensors.denseStrides(format))
                    .build());
        } finally {
            pinned.release();
        }
    }

    private CudaMemory toDevice(PinnedPool.Pinned pinned) throws StageException {
        var memory = pool.take();
        try {
            for (int plane = 0; plane < pinned.planes(); plane++) {
                stream().toDevice(memory.address(plane), pinned.pointer(plane), pinned.size(plane));
            }
            memory.written();
            stream().fence(memory, pinned);
        } catch (RuntimeException e) {
            memory.release();
            throw e;
        }
        launched();
        return memory;
    }

    private void closePools() {
        if (pool != null) {
            pool.close();
            staging.close();
            pool = null;
        }
    }

    @Override
    void leaving() {
        closePools();
    }
}
