/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu;

import io.levada.api.media.Format;
import io.levada.api.media.Memory;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.Tensor;
import io.levada.api.media.TensorFormat;
import io.levada.api.media.TensorFormat.DType;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Input;
import io.levada.api.stage.Output;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Transform;
import io.levada.api.stage.Work;
import io.levada.cuda.CudaKernel;
import io.levada.cuda.CudaMemory;
import io.levada.cuda.CudaPool;
import io.levada.cuda.KernelArguments;
import io.levada.gpu.picture.Kernels;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** Makes pictures of tensors with three channels on the device: what {@code gpu.tensor} did, undone. */
@Component(service = Transform.class, scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(value = "gpu.frame", accepts = "tensor:data@cuda", emits = "frame:video@cuda", work = Work.BLOCKING)
@Designate(ocd = GpuFrame.Config.class)
public final class GpuFrame extends GpuStage<Tensor> {

    /** Its parameters. */
    @ObjectClassDefinition(
            name = "Picture of a tensor",
            description = "Tensors of three channels to rgb24 pictures, one for each row of a batch; give order, scale,"
                    + " mean and std as they were given to gpu.tensor")
    public @interface Config {

        @AttributeDefinition(
                description = "Which colour comes first in the tensor",
                options = {@Option(label = "Red", value = "rgb"), @Option(label = "Blue", value = "bgr")})
        String order() default "rgb";

        @AttributeDefinition(description = "What colours, 0 to 255, were multiplied by; a number or a fraction")
        String scale() default "1/255";

        @AttributeDefinition(description = "What was subtracted after that: one number, or three")
        String mean() default "0";

        @AttributeDefinition(description = "What divided after that: one number, or three")
        String std() default "1";
    }

    private static final int KEPT = 8;
    private static final int STRUCT = 80;

    private Config config;
    private TensorFormat tensors;
    private VideoFormat format;
    private int[] strides;
    private CudaKernel kernel;
    private CudaPool pool;
    private KernelArguments arguments;
    private int across;
    private int down;
    private int channels;

    @Override
    public void open(StageContext context) throws StageException {
        super.open(context);
        config = context.config(Config.class);
        SpecNumbers.check(config.scale(), config.mean(), config.std());
    }

    @Override
    public void format(Input input, Format coming, Output out) throws StageException {
        if (!(coming instanceof TensorFormat tensor) || tensor.memory() != Memory.Kind.CUDA) {
            throw StageException.invalid("gpu.frame takes tensors on the GPU, not " + coming)
                    .parameter("from")
                    .remedy("put a gpu.upload in between");
        }
        leaving();
        on(tensor.device());
        places(tensor);
        int type = types(tensor.dtype());
        kernel = Kernels.compile(device(), GpuFrame.class, "frame.cu", Map.of("DTYPE", type))
                .kernel("frame");
        int width = Math.toIntExact(tensor.shape().get(across));
        int height = Math.toIntExact(tensor.shape().get(down));
        format = VideoFormat.of(width, height, PixelFormat.RGB24)
                .memory(Memory.Kind.CUDA)
                .device(device().index())
                .timeBase(tensor.timeBase())
                .colorRange("pc")
                .build();
        var copy = HostCopy.of(format);
        strides = copy.strides();
        pool = new CudaPool(stream(), KEPT, copy.sizes());
        arguments = new KernelArguments(STRUCT);
        var numbers = SpecNumbers.inverse(type == 0, config.scale(), config.mean(), config.std());
        var struct = arguments.struct().position(40);
        for (float number : numbers) {
            struct.putFloat(number);
        }
        struct.putInt(width)
                .putInt(height)
                .putInt(strides[0])
                .putInt(config.order().equals("bgr") ? 1 : 0);
        tensors = tensor;
        out.format(format);
    }

    private void places(TensorFormat tensor) throws StageException {
        across = tensor.names().indexOf("w");
        down = tensor.names().indexOf("h");
        channels = tensor.names().indexOf("c");
        if (across < 0 || down < 0 || channels < 0 || tensor.shape().get(channels) != 3) {
            throw StageException.invalid(
                            "gpu.frame takes tensors with three channels c, rows h and columns w, not " + tensor)
                    .parameter("from");
        }
    }

    private static int types(DType type) throws StageException {
        return switch (type) {
            case U8 -> 0;
            case F16 -> 1;
            case F32 -> 2;
            default -> throw StageException.invalid("gpu.frame takes tensors of u8, f16 or f32, not " + type)
                    .parameter("from");
        };
    }

    @Override
    public void process(Input input, Tensor tensor, Output out) throws StageException {
        begin();
        stream().await(tensor.memory());
        int batch = tensors.names().indexOf("n");
        int size = tensors.dtype().bits() / 8;
        for (int row = 0; row < tensor.rows().size(); row++) {
            var memory = pool.take();
            long at = batch < 0 ? 0 : row * tensor.stride(batch) * size;
            try {
                make(tensor, at, memory);
            } catch (RuntimeException e) {
                memory.release();
                throw e;
            }
            launched();
            out.emit(VideoFrame.over(memory, format, strides)
                    .stamp(tensor.rows().get(row))
                    .pts(
                            tensor.rows().size() == 1
                                    ? tensor.pts()
                                    : tensor.rows().get(row).pts())
                    .duration(tensor.duration())
                    .keyframe(true)
                    .build());
        }
    }

    /** @param at where in the tensor the picture begins, in bytes */
    private void make(Tensor tensor, long at, CudaMemory memory) {
        arguments
                .struct()
                .putLong(0, tensor.memory().address(0) + at)
                .putLong(8, memory.address(0))
                .putLong(16, tensor.stride(channels))
                .putLong(24, tensor.stride(down))
                .putLong(32, tensor.stride(across));
        stream().launchOver(kernel, format.width(), format.height(), arguments);
        memory.written();
        stream().fence(tensor.memory(), memory);
    }

    @Override
    void leaving() {
        if (pool != null) {
            pool.close();
            arguments.close();
            pool = null;
        }
    }
}
