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
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Transform;
import io.levada.api.stage.Work;
import io.levada.cuda.CudaStream;
import io.levada.cuda.PinnedPool;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Brings pictures and tensors from a device to the host, into pinned memory; they go on when they are there. */
@Component(service = Transform.class, scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(
        value = "gpu.download",
        role = "download",
        accepts = {"frame:video@cuda", "tensor:data@cuda"},
        emits = {"frame:video", "tensor:data"},
        work = Work.BLOCKING)
@Designate(ocd = GpuDownload.Config.class)
public final class GpuDownload extends GpuStage<Sample> {

    /** It has no parameters: it works where its samples are. */
    @ObjectClassDefinition(
            name = "Download from the GPU",
            description = "Pictures and tensors from a GPU's memory to the host")
    public @interface Config {}

    private static final int KEPT = 8;

    private final ArrayDeque<Copy> copies = new ArrayDeque<>();
    private VideoFormat pictures;
    private PinnedPool pool;
    private long[] sizes = {};
    private int[] strides = {};

    /** One on its way. */
    private record Copy(CudaStream.Fence fence, Sample sample) {}

    @Override
    public void format(Input input, Format coming, Output out) throws StageException {
        if (coming instanceof VideoFormat video && video.memory() == Memory.Kind.CUDA) {
            on(video.device());
            pictures = video.toBuilder().memory(Memory.Kind.HOST).device(0).build();
            out.format(pictures);
        } else if (coming instanceof TensorFormat tensor && tensor.memory() == Memory.Kind.CUDA) {
            on(tensor.device());
            out.format(Tensors.in(tensor, Memory.Kind.HOST, 0));
        } else {
            throw StageException.invalid("gpu.download takes pictures and tensors of a GPU, not " + coming)
                    .parameter("from");
        }
    }

    @Override
    public void process(Input input, Sample sample, Output out) throws StageException {
        begin();
        emit(out);
        if (sample instanceof VideoFrame frame) {
            var memory = frame.memory();
            if (!lies(frame)) {
                layout(frame);
            }
            long[] bytes = new long[memory.planes()];
            Arrays.setAll(bytes, memory::size);
            var pinned = toHost(memory, bytes);
            copies.add(new Copy(
                    stream().fence(memory, pinned),
                    frame.toBuilder().memory(pinned).layout(pictures, strides).build()));
        } else if (sample instanceof Tensor tensor) {
            var pinned = toHost(tensor.memory(), HostCopy.bytes(tensor));
            var format = Tensors.in(tensor.format(), Memory.Kind.HOST, 0);
            copies.add(new Copy(
                    stream().fence(tensor.memory(), pinned),
                    tensor.toBuilder()
                            .memory(pinned)
                            .layout(format, Tensors.denseStrides(format))
                            .build()));
        }
        launched();
    }

    private boolean lies(VideoFrame frame) {
        if (strides.length != frame.memory().planes()) {
            return false;
        }
        for (int plane = 0; plane < strides.length; plane++) {
            if (strides[plane] != frame.stride(plane)) {
                return false;
            }
        }
        return true;
    }

    /** Rows keep their distance, so that a plane is one copy. */
    private void layout(VideoFrame frame) {
        strides = new int[frame.memory().planes()];
        Arrays.setAll(strides, frame::stride);
    }

    private PinnedPool.Pinned toHost(Memory memory, long... bytes) throws StageException {
        if (pool == null || !Arrays.equals(bytes, sizes)) {
            closePool();
            pool = new PinnedPool(device(), KEPT, bytes);
            sizes = bytes;
        }
        var pinned = pool.take();
        try {
            stream().await(memory);
            for (int plane = 0; plane < bytes.length; plane++) {
                stream().toHost(pinned.pointer(plane), memory.address(plane), bytes[plane]);
            }
        } catch (RuntimeException e) {
            pinned.release();
            throw e;
        }
        return pinned;
    }

    /** Those that have come. */
    private void emit(Output out) {
        while (!copies.isEmpty() && copies.peek().fence().reached()) {
            out.emit(copies.remove().sample());
        }
    }

    @Override
    public void wake(Output out) throws Exception {
        super.wake(out);
        emit(out);
    }

    /** Waits for what is on its way, which takes milliseconds at most. */
    @Override
    public void drain(Output out) throws StageException {
        if (stream() != null) {
            stream().limit(0);
            emit(out);
        }
    }

    @Override
    public void flush() {
        copies.forEach(copy -> copy.sample().release());
        copies.clear();
    }

    private void closePool() {
        if (pool != null) {
            pool.close();
            pool = null;
        }
    }

    @Override
    void leaving() {
        flush();
        closePool();
    }
}
