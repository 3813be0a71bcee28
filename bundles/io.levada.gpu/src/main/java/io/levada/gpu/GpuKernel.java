/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu;

import io.levada.api.media.Format;
import io.levada.api.media.Memory;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Input;
import io.levada.api.stage.Output;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Transform;
import io.levada.api.stage.Work;
import io.levada.cuda.CudaDevice;
import io.levada.cuda.CudaKernel;
import io.levada.cuda.CudaPool;
import io.levada.cuda.KernelArguments;
import io.levada.gpu.picture.Kernels;
import io.levada.tensor.picture.SpecText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Runs the user's own CUDA C++ on pictures: a kernel {@code extern "C" __global__ void process(const Frame frame)}, started
 * with a thread for each pixel. It can be exchanged while pictures flow; one that does not compile is refused with the
 * compiler's lines, and the one before goes on.
 */
@Component(service = Transform.class, scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(value = "gpu.kernel", accepts = "frame:video@cuda", emits = "frame:video@cuda", work = Work.BLOCKING)
@Designate(ocd = GpuKernel.Config.class)
public final class GpuKernel extends GpuStage<VideoFrame> {

    /** Its parameters. */
    @ObjectClassDefinition(
            name = "Kernel on the GPU",
            description =
                    "Runs CUDA C++ on pictures: a function extern \"C\" __global__ void process(const Frame frame),"
                            + " started with a thread for each pixel")
    public @interface Config {

        @AttributeDefinition(description = "The text itself; or name a file")
        String code() default "";

        @AttributeDefinition(description = "File with the text")
        String file() default "";

        @AttributeDefinition(description = "Name of the function")
        String function() default "process";

        @AttributeDefinition(
                description = "Up to eight numbers that the kernel finds in frame.value, separated by commas")
        String values() default "";
    }

    private static final int KEPT = 8;
    private static final int VALUES = 8;
    private static final int PICTURE = 64;
    private static final int TIME_AT = 2 * PICTURE;
    private static final int STRUCT = TIME_AT + 16 + VALUES * Float.BYTES;

    private VideoFormat format;
    private int[] strides;
    private float[] values;
    private String name;
    private String text;
    private CudaKernel kernel;
    private CudaPool pool;
    private KernelArguments arguments;
    private long number;

    @Override
    public void open(StageContext context) throws StageException {
        super.open(context);
        read(context);
    }

    private void read(StageContext context) throws StageException {
        var config = context.config(Config.class);
        values = values(config.values());
        name = config.file().isEmpty() ? "code" : config.file();
        text = text(config, context);
    }

    private static float[] values(String text) throws StageException {
        var parts = text.isBlank() ? new String[0] : text.strip().split("\\s*,\\s*");
        if (parts.length > VALUES) {
            throw StageException.invalid(parts.length + " numbers are more than " + VALUES)
                    .parameter("values");
        }
        float[] numbers = new float[VALUES];
        for (int i = 0; i < parts.length; i++) {
            numbers[i] = SpecText.number("values", parts[i]);
        }
        return numbers;
    }

    private static String text(Config config, StageContext context) throws StageException {
        if (config.code().isBlank() == config.file().isBlank()) {
            throw StageException.invalid("a kernel's text is needed, either as code or as a file")
                    .parameter("file");
        }
        if (config.file().isBlank()) {
            return config.code();
        }
        try {
            return Files.readString(context.resolve(config.file()));
        } catch (IOException e) {
            throw StageException.invalid("can't read " + config.file() + ": " + e.getMessage())
                    .parameter("file")
                    .because(e);
        }
    }

    private CudaKernel compile(CudaDevice device, String function) throws StageException {
        var whole = Kernels.text(GpuKernel.class, "picture.h") + "#line 1 \"" + name.replace("\"", "") + "\"\n" + text
                + "\n";
        return device.compile(name, whole).kernel(function);
    }

    /** Another text or other numbers take effect at the next picture. */
    @Override
    public boolean reconfigure(StageContext context) throws StageException {
        var before = new Object[] {values, name, text};
        try {
            read(context);
            if (stream() != null) {
                device().bind();
                kernel = compile(device(), context.config(Config.class).function());
            }
            return true;
        } catch (StageException e) {
            values = (float[]) before[0];
            name = (String) before[1];
            text = (String) before[2];
            throw e;
        }
    }

    @Override
    public void format(Input input, Format coming, Output out) throws StageException {
        if (!(coming instanceof VideoFormat video) || video.memory() != Memory.Kind.CUDA) {
            throw StageException.invalid("gpu.kernel takes pictures on the GPU, not " + coming)
                    .parameter("from")
                    .remedy("put a gpu.upload in between");
        }
        leaving();
        on(video.device()).risky();
        kernel = compile(device(), context().config(Config.class).function());
        var copy = HostCopy.of(video);
        strides = copy.strides();
        pool = new CudaPool(stream(), KEPT, copy.sizes());
        arguments = new KernelArguments(STRUCT);
        format = video;
        out.format(video);
    }

    @Override
    public void process(Input input, VideoFrame frame, Output out) throws StageException {
        begin();
        var memory = pool.take();
        var struct = arguments.struct();
        for (int plane = 0; plane < strides.length && plane < 3; plane++) {
            put(struct, 0, plane, frame.memory().address(plane), frame.stride(plane));
            put(struct, PICTURE, plane, memory.address(plane), strides[plane]);
        }
        shape(struct, 0);
        shape(struct, PICTURE);
        struct.putDouble(TIME_AT, frame.stamp().runningTime() / 1e9);
        struct.putLong(TIME_AT + 8, number++);
        for (int i = 0; i < VALUES; i++) {
            struct.putFloat(TIME_AT + 16 + i * Float.BYTES, values[i]);
        }
        try {
            stream().await(frame.memory());
            stream().launchOver(kernel, format.width(), format.height(), arguments);
            memory.written();
            stream().fence(frame.memory(), memory);
        } catch (RuntimeException e) {
            memory.release();
            throw e;
        }
        launched();
        out.emit(frame.toBuilder().memory(memory).layout(format, strides).build());
    }

    private static void put(ByteBuffer struct, int at, int plane, long address, int stride) {
        struct.putLong(at + plane * Long.BYTES, address);
        struct.putInt(at + 24 + plane * Integer.BYTES, stride);
    }

    private void shape(ByteBuffer struct, int at) {
        var pixels = format.pixelFormat();
        int bytes = pixels.luma() ? pixels.bytesPerPixel() : 1;
        boolean chroma = pixels.planes() > 1;
        int perPixel = pixels.planes() == 2 ? 2 * bytes : bytes;
        struct.putInt(at + 36, format.width()).putInt(at + 40, format.height());
        struct.putInt(at + 44, chroma ? pixels.rowBytes(1, format.width()) / perPixel : 0);
        struct.putInt(at + 48, chroma ? pixels.rows(1, format.height()) : 0);
        struct.putInt(at + 52, pixels.planes()).putInt(at + 56, bytes);
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
