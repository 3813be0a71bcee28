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
import io.levada.gpu.picture.ColourMatrix;
import io.levada.gpu.picture.Crop;
import io.levada.gpu.picture.Kernels;
import io.levada.gpu.picture.PictureLayout;
import io.levada.tensor.picture.Area;
import io.levada.tensor.picture.Fit;
import io.levada.tensor.picture.Matrix;
import java.util.Map;

/**
 * Pictures component by component to another size or layout. Where both code colours alike a component is made of its like;
 * else of all, each taken where the result lies.
 */
final class ResampleKernel implements AutoCloseable {

    /** Offsets in the kernel's arguments, and of those in a source. */
    private static final int STRUCT = 168;

    private static final int SOURCE = 32;
    private static final int IN_AT = 16;
    private static final int IN_STRIDE_AT = 28;
    private static final int MATRIX_AT = 3 * SOURCE;
    private static final int OUT_AT = 112;
    private static final int OUT_STRIDE_AT = 124;

    private final CudaStream stream;
    private final PictureLayout from;
    private final PictureLayout to;
    private final boolean alike;
    private final AxisTable axes = new AxisTable();
    private final KernelArguments[] arguments;
    private final CudaKernel kernel;

    /**
     * @param crop the part of the source that is taken
     * @param padding brightness beside it, 0 to 255
     */
    ResampleKernel(CudaStream stream, VideoFormat source, Crop crop, VideoFormat target, Fit fit, int padding)
            throws StageException {
        this.stream = stream;
        this.from = PictureLayout.of(source, crop).orElseThrow(() -> cant(source, target));
        this.to = PictureLayout.of(target).orElseThrow(() -> cant(source, target));
        this.alike = from.packed() == to.packed()
                && from.components().length == to.components().length
                && (from.packed() || Matrix.of(source).equals(Matrix.of(target)));
        kernel = Kernels.compile(
                        stream.device(),
                        ResampleKernel.class,
                        "resample.cu",
                        Map.of(
                                "IN_WIDE", from.wide() ? 1 : 0,
                                "OUT_WIDE", to.wide() ? 1 : 0,
                                "SOURCES", sources()))
                .kernel("resample");
        arguments = new KernelArguments[to.components().length];
        try {
            prepare(source, crop, target, fit, padding);
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

    private int sources() {
        return alike ? 1 : from.components().length;
    }

    /** The component of the source that is a result's i-th. */
    private int source(int result, int i) {
        return alike ? result : i;
    }

    private void prepare(VideoFormat source, Crop crop, VideoFormat target, Fit fit, int padding)
            throws StageException {
        var whole = fit.place(crop.width(), crop.height(), target.width(), target.height());
        var even = new Area(whole.x() & ~1, whole.y() & ~1, whole.width(), whole.height());
        int count = arguments.length;
        var areas = new Area[count];
        int[][] numbers = new int[count][2 * sources()];
        for (int result = 0; result < count; result++) {
            var out = to.components()[result];
            areas[result] = to.packed() || out.width() == target.width() && out.height() == target.height()
                    ? even
                    : even.subsampled(out.width() == target.width() ? 0 : 1, out.height() == target.height() ? 0 : 1);
            var area = areas[result];
            for (int i = 0; i < sources(); i++) {
                var in = from.components()[source(result, i)];
                numbers[result][2 * i] = axes.add(in.width(), area.width(), area.x(), out.width(), false);
                numbers[result][2 * i + 1] = axes.add(in.height(), area.height(), area.y(), out.height(), false);
            }
        }
        axes.upload(stream);
        var grey = ColourMatrix.fromRgb(target, to).of(padding, padding, padding);
        for (int result = 0; result < count; result++) {
            arguments[result] = new KernelArguments(STRUCT);
            fill(result, areas[result], numbers[result], target, (float) grey[result]);
        }
        colours(source, target);
    }

    private void fill(int result, Area area, int[] numbers, VideoFormat target, float grey) {
        var out = to.components()[result];
        var struct = arguments[result].struct();
        for (int i = 0; i < sources(); i++) {
            struct.position(i * SOURCE)
                    .putLong(axes.address(numbers[2 * i]))
                    .putLong(axes.address(numbers[2 * i + 1]))
                    .putLong(0)
                    .putInt(from.components()[source(result, i)].step());
        }
        struct.position(OUT_AT);
        struct.putLong(0).putInt(out.step()).putInt(0);
        struct.putInt(out.width()).putInt(out.height());
        struct.putInt(Math.max(0, area.x())).putInt(Math.max(0, area.y()));
        struct.putInt(Math.min(out.width(), area.x() + area.width()));
        struct.putInt(Math.min(out.height(), area.y() + area.height()));
        int lowest = target.pixelFormat() == PixelFormat.P010 ? 1 << 6 : 1; // ten bits in the upper ones of sixteen
        struct.putFloat(grey).putInt(lowest).putInt((to.wide() ? 1023 : 255) * lowest);
    }

    private void colours(VideoFormat source, VideoFormat target) {
        var conversion = ColourMatrix.toRgb(source, from).then(ColourMatrix.fromRgb(target, to));
        for (int result = 0; result < arguments.length; result++) {
            var struct = arguments[result].struct().position(MATRIX_AT);
            if (alike) {
                struct.putFloat(from.unit() / to.unit()).putFloat(0).putFloat(0).putFloat(0);
            } else {
                for (double number : conversion.rows()[result]) {
                    struct.putFloat((float) number);
                }
            }
        }
    }

    void run(VideoFrame frame, Memory out, int[] strides) {
        for (int result = 0; result < arguments.length; result++) {
            var target = to.components()[result];
            var struct = arguments[result].struct();
            for (int i = 0; i < sources(); i++) {
                var source = from.components()[source(result, i)];
                struct.putLong(i * SOURCE + IN_AT, source.address(frame));
                struct.putInt(i * SOURCE + IN_STRIDE_AT, frame.stride(source.plane()));
            }
            struct.putLong(OUT_AT, out.address(target.plane()) + target.offset());
            struct.putInt(OUT_STRIDE_AT, strides[target.plane()]);
            stream.launchOver(kernel, target.width(), target.height(), arguments[result]);
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
