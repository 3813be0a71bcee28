/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu;

import io.levada.api.media.Memory;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.Stamp;
import io.levada.api.media.TensorFormat.DType;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.cuda.Cuda;
import io.levada.cuda.CudaMemory;
import io.levada.cuda.CudaPool;
import io.levada.gpu.picture.PictureLayout;
import io.levada.gpu.picture.TensorKernel;
import io.levada.tensor.picture.Fit;
import io.levada.tensor.picture.TensorSpec;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * How much memory the fused kernel moves in a second; in this package, for it calls the kernel alone. Counted are the bytes that
 * have to be moved: of the pictures those 32 (a sector, the least that the card reads) in which there is a value that has weight, and
 * all of the tensor. Batches take turns, so that none is found in the card's cache.
 */
public final class TensorBenchmark {

    private static final int BATCH = 32;
    private static final int TURNS = 4;
    private static final int TIMES = 1000;
    private static final int SIZE = 640;
    private static final int SECTOR = 32;
    private static final int PITCH = 512;

    private final VideoFormat format;
    private final TensorSpec spec;

    /**
     * What was measured.
     *
     * @param share of what a copy within the device moves
     * @param row of the report's table
     */
    public record Result(double share, String row) {}

    public TensorBenchmark(String pixels, int width, int height, String dtype, String layout) {
        this.format = VideoFormat.of(width, height, PixelFormat.of(pixels))
                .memory(Memory.Kind.CUDA)
                .device(Cuda.probe().devices().get(0).index())
                .build();
        this.spec = new TensorSpec(
                SIZE,
                SIZE,
                Fit.LETTERBOX,
                layout.equals("nchw"),
                DType.valueOf(dtype.toUpperCase(Locale.ROOT)),
                false,
                1f / 255,
                List.of(0f, 0f, 0f),
                List.of(1f, 1f, 1f));
    }

    /** @param copied bytes that a copy within the device reads and writes in a second */
    public Result run(double copied) throws Exception {
        var layout = PictureLayout.of(format).orElseThrow();
        int[] strides = new int[format.pixelFormat().planes()];
        long[] sizes = new long[strides.length];
        for (int plane = 0; plane < strides.length; plane++) {
            strides[plane] = (format.pixelFormat().rowBytes(plane, format.width()) + PITCH - 1) / PITCH * PITCH;
            sizes[plane] = (long) strides[plane] * format.pixelFormat().rows(plane, format.height());
        }
        var held = new ArrayList<CudaMemory>();
        double best = Double.MAX_VALUE;
        try (var stream = Cuda.probe().device(format.device()).open("bench/tensor", () -> {});
                var kernel = new TensorKernel(stream, format, spec);
                var sources = new CudaPool(stream, 0, sizes);
                var results = new CudaPool(stream, 0, (long) spec.bytes() * BATCH)) {
            var frames = new VideoFrame[TURNS][BATCH];
            var tensors = new CudaMemory[TURNS];
            for (int turn = 0; turn < TURNS; turn++) {
                for (int i = 0; i < BATCH; i++) {
                    var memory = sources.take();
                    held.add(memory);
                    frames[turn][i] = VideoFrame.over(memory, format, strides)
                            .stamp(Stamp.of("bench", 0, i, 0, 0, 0))
                            .build();
                }
                tensors[turn] = results.take();
                held.add(tensors[turn]);
            }
            for (int round = 0; round < 4; round++) {
                long started = System.nanoTime();
                for (int i = 0; i < TIMES; i++) {
                    kernel.run(frames[i % TURNS], BATCH, tensors[i % TURNS].address(0));
                }
                stream.fence(tensors[0]);
                stream.limit(0);
                best = Math.min(best, (System.nanoTime() - started) / 1e9 / TIMES);
            }
            held.forEach(CudaMemory::release);
        }
        double bytes = (double) BATCH * (read(layout) + spec.bytes());
        double share = bytes / best / copied;
        var row = "| %dx%d %s | %s %s | %.1f | %.1f | %.0f | %.0f %% |"
                .formatted(
                        format.width(),
                        format.height(),
                        format.pixelFormat(),
                        spec.dtype().name().toLowerCase(Locale.ROOT),
                        spec.channelsFirst() ? "nchw" : "nhwc",
                        best * 1e6,
                        bytes / 1e6,
                        bytes / best / 1e9,
                        100 * share);
        return new Result(share, row);
    }

    /** Bytes of a picture that have to be read; values of a place that lie in one plane are read together. */
    private long read(PictureLayout layout) {
        var area = spec.fit().place(format.width(), format.height(), SIZE, SIZE);
        long bytes = 0;
        int plane = -1;
        for (var component : layout.components()) {
            if (component.plane() != plane) {
                plane = component.plane();
                var rows = weighty(component.height(), area.height(), 1, 1);
                var sectors = weighty(component.width(), area.width(), component.step(), SECTOR);
                bytes += (long) rows.cardinality() * sectors.cardinality() * SECTOR;
            }
        }
        return bytes;
    }

    /** Which stretches along an axis have a value that counts. */
    private static BitSet weighty(int pixels, int length, int step, int stretch) {
        var found = new BitSet();
        for (int i = 0; i < length; i++) {
            double at = Math.min(pixels - 1, Math.max(0, (i + 0.5) * pixels / length - 0.5));
            found.set((int) at * step / stretch);
            if (at > (int) at) {
                found.set(((int) at + 1) * step / stretch);
            }
        }
        return found;
    }
}
