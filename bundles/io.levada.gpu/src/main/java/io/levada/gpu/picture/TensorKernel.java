/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu.picture;

import io.levada.api.media.Memory;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.TensorFormat.DType;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.StageException;
import io.levada.cuda.CudaDevice;
import io.levada.cuda.CudaKernel;
import io.levada.cuda.CudaStream;
import io.levada.cuda.KernelArguments;
import io.levada.tensor.picture.Matrix;
import io.levada.tensor.picture.TensorSpec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** The fused kernel for pictures of one format: what depends on the format alone is on the device already. */
public final class TensorKernel implements AutoCloseable {

    /** Pictures in one launch, as many as fit into a kernel's arguments; as in tensor.cu. */
    private static final int PICTURES = 64;

    private static final int PLANES_AT = 192;
    private static final int OUT_AT = 176;
    private static final int STRIDE_IN_COMPONENT = 28;
    private static final int COMPONENT = 32;

    private static final int THREADS_X = 32;
    private static final int THREADS_Y = 8;

    private final CudaStream stream;
    private final TensorSpec spec;
    private final PictureLayout layout;
    private final AxisTable axes = new AxisTable();
    private final KernelArguments arguments = new KernelArguments(PLANES_AT + PICTURES * 3 * Long.BYTES);
    private final CudaKernel kernel;

    public TensorKernel(CudaStream stream, VideoFormat format, TensorSpec spec) throws StageException {
        this.stream = stream;
        this.spec = spec;
        this.layout = PictureLayout.of(format)
                .orElseThrow(() -> StageException.invalid("can't make tensors of " + format.pixelFormat() + " pictures")
                        .parameter("from"));
        kernel = compile(stream.device(), layout, format.pixelFormat(), spec);
        try {
            prepare(format);
        } catch (StageException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Compiles what pictures of decoders on the device will need. The compiler's first work in a process takes seconds, which
     * is better spent when a stage is opened than when the first picture is there.
     */
    public static void prepare(CudaDevice device, TensorSpec spec) throws StageException {
        for (var pixels : List.of(PixelFormat.NV12, PixelFormat.P010)) {
            var layout = PictureLayout.of(VideoFormat.of(64, 64, pixels).build());
            compile(device, layout.orElseThrow(), pixels, spec);
        }
    }

    private static CudaKernel compile(CudaDevice device, PictureLayout layout, PixelFormat pixels, TensorSpec spec)
            throws StageException {
        var defines = Map.of(
                "PLANES", layout.packed() ? 1 : pixels.planes(),
                "STEP", layout.components()[0].step(),
                "PACKED", layout.packed() ? 1 : 0,
                "WIDE", layout.wide() ? 1 : 0,
                "COMPONENTS", layout.components().length,
                "DTYPE", spec.dtype() == DType.U8 ? 0 : spec.dtype() == DType.F16 ? 1 : 2,
                "NHWC", spec.channelsFirst() ? 0 : 1);
        return Kernels.compile(device, TensorKernel.class, "tensor.cu", defines).kernel("tensor");
    }

    /** Fills in what is the same for all pictures. */
    private void prepare(VideoFormat format) throws StageException {
        var area = spec.fit().place(format.width(), format.height(), spec.width(), spec.height());
        var components = layout.components();
        int[] across = new int[components.length];
        int[] down = new int[components.length];
        for (int i = 0; i < components.length; i++) {
            boolean like = i == 2; // the second colour difference lies as the first, as do packed colours
            across[i] = like ? across[1] : axes.add(components[i].width(), area.width(), area.x(), spec.width());
            down[i] = like ? down[1] : axes.add(components[i].height(), area.height(), area.y(), spec.height());
        }
        axes.upload(stream);
        var struct = arguments.struct();
        for (int i = 0; i < 3; i++) {
            int used = Math.min(i, components.length - 1);
            var component = components[used];
            struct.putLong(axes.address(across[used])).putLong(axes.address(down[used]));
            struct.putInt(component.plane()).putInt(component.step()).putInt(component.offset());
            struct.putInt(0);
        }
        struct.putInt(spec.width()).putInt(spec.height());
        struct.putInt(Math.max(0, area.x())).putInt(Math.max(0, area.y()));
        struct.putInt(Math.min(spec.width(), area.x() + area.width()));
        struct.putInt(Math.min(spec.height(), area.y() + area.height()));
        struct.putFloat(layout.unit());
        write(Matrix.of(format), struct);
        for (int channel = 0; channel < 3; channel++) {
            struct.putFloat(spec.gain(spec.colour(channel)));
        }
        for (int channel = 0; channel < 3; channel++) {
            struct.putFloat(spec.bias(spec.colour(channel)));
        }
        struct.putInt(spec.bgr() ? 1 : 0);
    }

    private static void write(Matrix matrix, ByteBuffer struct) {
        struct.putFloat(matrix.black())
                .putFloat(matrix.gain())
                .putFloat(matrix.redByV())
                .putFloat(matrix.greenByU())
                .putFloat(matrix.greenByV())
                .putFloat(matrix.blueByU());
    }

    /** Starts the kernel for pictures that lie alike. */
    public void run(VideoFrame[] frames, int count, long out) {
        var struct = arguments.struct();
        var components = layout.components();
        for (int i = 0; i < 3; i++) {
            int plane = components[Math.min(i, components.length - 1)].plane();
            struct.putInt(i * COMPONENT + STRIDE_IN_COMPONENT, frames[0].stride(plane));
        }
        struct.putLong(OUT_AT + Long.BYTES, spec.bytes());
        for (int first = 0; first < count; first += PICTURES) {
            int pictures = Math.min(PICTURES, count - first);
            struct.putLong(OUT_AT, out + (long) first * spec.bytes());
            for (int i = 0; i < pictures; i++) {
                planes(frames[first + i], PLANES_AT + i * 3 * Long.BYTES);
            }
            stream.launch(
                    kernel,
                    (spec.width() + 2 * THREADS_X - 1) / (2 * THREADS_X),
                    (spec.height() + THREADS_Y - 1) / THREADS_Y,
                    pictures,
                    THREADS_X,
                    THREADS_Y,
                    arguments);
        }
    }

    private void planes(VideoFrame frame, int at) {
        var memory = frame.memory();
        for (int plane = 0; plane < Math.min(3, memory.planes()); plane++) {
            arguments.struct().putLong(at + plane * Long.BYTES, memory.address(plane));
        }
    }

    /** What the kernel reads beside the pictures, to be kept until it is done. */
    public Memory tables() {
        return axes.memory();
    }

    /** What is running is not disturbed. */
    @Override
    public void close() {
        axes.close();
        arguments.close();
    }
}
