/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu;

import io.levada.api.media.Memory;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.StageException;
import io.levada.cuda.CudaKernel;
import io.levada.cuda.CudaStream;
import io.levada.cuda.KernelArguments;
import io.levada.gpu.picture.AxisTable;
import io.levada.gpu.picture.Kernels;
import io.levada.gpu.picture.PictureLayout;
import io.levada.tensor.picture.Area;
import io.levada.tensor.picture.Fit;
import io.levada.tensor.picture.Matrix;
import java.util.Map;

/** Pictures component by component to another size or layout; colours stay as they are coded. */
final class ResampleKernel implements AutoCloseable {

    private static final int THREADS_X = 32;
    private static final int THREADS_Y = 8;
    private static final int PADDING = 114;
    private static final int STRUCT = 88;
    private static final int IN_AT = 16;
    private static final int OUT_AT = 24;
    private static final int IN_STRIDE_AT = 36;
    private static final int OUT_STRIDE_AT = 44;

    private final CudaStream stream;
    private final PictureLayout from;
    private final PictureLayout to;
    private final AxisTable axes = new AxisTable();
    private final KernelArguments[] arguments;
    private final CudaKernel kernel;

    ResampleKernel(CudaStream stream, VideoFormat from, VideoFormat to, Fit fit) throws StageException {
        this.stream = stream;
        this.from = PictureLayout.of(from).orElseThrow(() -> cant(from, to));
        this.to = PictureLayout.of(to).orElseThrow(() -> cant(from, to));
        if (this.from.packed() != this.to.packed() || this.from.components().length != this.to.components().length) {
            throw cant(from, to);
        }
        kernel = Kernels.compile(
                        stream.device(),
                        ResampleKernel.class,
                        "resample.cu",
                        Map.of("IN_WIDE", this.from.wide() ? 1 : 0, "OUT_WIDE", this.to.wide() ? 1 : 0))
                .kernel("resample");
        arguments = new KernelArguments[this.to.components().length];
        try {
            prepare(from, to, fit);
        } catch (StageException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private static StageException cant(VideoFormat from, VideoFormat to) {
        return StageException.invalid(
                        "gpu.scale can't make " + to.pixelFormat() + " of " + from.pixelFormat() + " pictures")
                .parameter("format");
    }

    private void prepare(VideoFormat source, VideoFormat target, Fit fit) throws StageException {
        var whole = fit.place(source.width(), source.height(), target.width(), target.height());
        var even = new Area(whole.x() & ~1, whole.y() & ~1, whole.width(), whole.height());
        int count = arguments.length;
        var areas = new Area[count];
        int[][] numbers = new int[count][];
        for (int i = 0; i < count; i++) {
            var in = from.components()[i];
            var out = to.components()[i];
            areas[i] = to.packed() || out.width() == target.width() && out.height() == target.height()
                    ? even
                    : even.subsampled(out.width() == target.width() ? 0 : 1, out.height() == target.height() ? 0 : 1);
            numbers[i] = new int[] {
                axes.add(in.width(), areas[i].width(), areas[i].x(), out.width()),
                axes.add(in.height(), areas[i].height(), areas[i].y(), out.height())
            };
        }
        axes.upload(stream);
        for (int i = 0; i < count; i++) {
            arguments[i] = new KernelArguments(STRUCT);
            fill(arguments[i], i, areas[i], numbers[i], target);
        }
    }

    private void fill(KernelArguments into, int index, Area area, int[] numbers, VideoFormat target) {
        var out = to.components()[index];
        boolean difference = index > 0 && !to.packed();
        boolean full = Matrix.full(target);
        float grey = to.packed() || full ? PADDING : 16 + PADDING * 219f / 255;
        var struct = into.struct();
        struct.putLong(axes.address(numbers[0])).putLong(axes.address(numbers[1]));
        struct.putLong(0).putLong(0);
        struct.putInt(from.components()[index].step()).putInt(0);
        struct.putInt(out.step()).putInt(0);
        struct.putInt(out.width()).putInt(out.height());
        struct.putInt(Math.max(0, area.x())).putInt(Math.max(0, area.y()));
        struct.putInt(Math.min(out.width(), area.x() + area.width()));
        struct.putInt(Math.min(out.height(), area.y() + area.height()));
        struct.putFloat(from.unit() / to.unit());
        struct.putFloat((difference ? 128 : grey) / to.unit());
        struct.putInt(target.pixelFormat() == PixelFormat.P010 ? 0xffc0 : 0xffff);
    }

    void run(VideoFrame frame, Memory out, int[] strides) {
        for (int i = 0; i < arguments.length; i++) {
            var source = from.components()[i];
            var target = to.components()[i];
            var struct = arguments[i].struct();
            struct.putLong(IN_AT, frame.memory().address(source.plane()) + source.offset());
            struct.putLong(OUT_AT, out.address(target.plane()) + target.offset());
            struct.putInt(IN_STRIDE_AT, frame.stride(source.plane()));
            struct.putInt(OUT_STRIDE_AT, strides[target.plane()]);
            stream.launch(
                    kernel,
                    (target.width() + THREADS_X - 1) / THREADS_X,
                    (target.height() + THREADS_Y - 1) / THREADS_Y,
                    1,
                    THREADS_X,
                    THREADS_Y,
                    arguments[i]);
        }
    }

    Memory tables() {
        return axes.memory();
    }

    @Override
    public void close() {
        axes.close();
        for (var one : arguments) {
            if (one != null) {
                one.close();
            }
        }
    }
}
