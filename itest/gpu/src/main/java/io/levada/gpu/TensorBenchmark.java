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
import io.levada.gpu.picture.TensorKernel;
import io.levada.tensor.picture.Fit;
import io.levada.tensor.picture.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How much memory the fused kernel moves in a second; in this package, for it calls the kernel alone. */
public final class TensorBenchmark {

    private static final int BATCH = 32;
    private static final int TIMES = 2000;
    private static final int SIZE = 640;

    private final String dtype;
    private final String layout;

    public TensorBenchmark(String dtype, String layout) {
        this.dtype = dtype;
        this.layout = layout;
    }

    /** @return a row of the report's table */
    public String run(double copied) throws Exception {
        var device = Cuda.probe().device(-1);
        var format = VideoFormat.of(1920, 1080, PixelFormat.NV12)
                .memory(Memory.Kind.CUDA)
                .device(device.index())
                .build();
        var spec = new TensorSpec(
                SIZE,
                SIZE,
                Fit.LETTERBOX,
                layout.equals("nchw"),
                DType.valueOf(dtype.toUpperCase(Locale.ROOT)),
                false,
                1f / 255,
                List.of(0f, 0f, 0f),
                List.of(1f, 1f, 1f));
        long[] planes = {2048L * 1080, 2048L * 540};
        var held = new ArrayList<CudaMemory>();
        try (var stream = device.open("bench/tensor", () -> {});
                var kernel = new TensorKernel(stream, format, spec);
                var sources = new CudaPool(stream, BATCH, planes);
                var results = new CudaPool(stream, 1, (long) spec.bytes() * BATCH)) {
            var frames = new VideoFrame[BATCH];
            for (int i = 0; i < BATCH; i++) {
                held.add(sources.take());
                frames[i] = VideoFrame.over(held.get(i), format, 2048, 2048)
                        .stamp(Stamp.of("bench", 0, i, 0, 0, 0))
                        .build();
            }
            var result = results.take();
            held.add(result);
            double best = Double.MAX_VALUE;
            for (int round = 0; round < 3; round++) {
                long started = System.nanoTime();
                for (int i = 0; i < TIMES; i++) {
                    kernel.run(frames, BATCH, result.address(0));
                }
                stream.fence(result);
                stream.limit(0);
                best = Math.min(best, (System.nanoTime() - started) / 1e9 / TIMES);
            }
            held.forEach(CudaMemory::release);
            double all = BATCH * (1920.0 * 1080 * 1.5 + spec.bytes());
            double read = BATCH * (1920.0 * 720 + 1920.0 * 540 + spec.bytes()); // 360 rows each lie between two
            return "| %s %s | %.1f | %.0f | %.0f %% | %.0f | %.0f %% |"
                    .formatted(
                            dtype,
                            layout,
                            best * 1e6,
                            all / best / 1e9,
                            100 * all / best / copied,
                            read / best / 1e9,
                            100 * read / best / copied);
        }
    }
}
