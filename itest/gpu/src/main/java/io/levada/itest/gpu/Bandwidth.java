/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import io.levada.cuda.Cuda;
import io.levada.cuda.CudaMemory;
import io.levada.cuda.CudaPool;
import io.levada.cuda.CudaStream;
import io.levada.gpu.TensorBenchmark;

/** How much memory the fused kernel moves in a second, beside a copy within the device. */
final class Bandwidth {

    private static final double LEAST = 0.6;

    private Bandwidth() {}

    static void report(Report report) throws Exception {
        var device = Cuda.probe().device(0);
        long bytes = 1L << 30;
        double copied;
        try (var stream = device.open("bench/copy", () -> {});
                var pool = new CudaPool(stream, 2, bytes)) {
            var from = pool.take();
            var to = pool.take();
            copied = Math.max(copy(stream, from, to, bytes), copy(stream, from, to, bytes));
            from.release();
            to.release();
        }
        report.section("Bandwidth");
        report.line("A copy within the device moves %.0f GB/s, read and written.\n".formatted(copied / 1e9));
        report.line(
                "The fused kernel of gpu.tensor, batches of 32, letterbox to 640x640. Counted is what has to be moved: of the"
                        + " pictures the sectors of 32 bytes in which a value has weight, and all of the tensor.\n");
        report.line("| pictures | tensor | us a batch | MB | GB/s | of the copy |");
        report.line("| --- | --- | --- | --- | --- | --- |");
        double worst = rows(report, copied, "nv12", 1920, 1080, "u8", "f16", "f32");
        for (int[] size : new int[][] {{1280, 720}, {3840, 2160}, {768, 432}}) {
            rows(report, copied, "nv12", size[0], size[1], "u8", "f16", "f32");
        }
        for (var pixels : new String[] {"p010le", "yuv420p", "rgb24"}) {
            rows(report, copied, pixels, 1920, 1080, "f16");
        }
        report.line("");
        report.check(
                "of 1080p NV12 the kernel moves at least 60 % of what a copy does, whatever the tensor's type",
                () -> {
                    if (worst < LEAST) {
                        throw new AssertionError("%.0f %%".formatted(100 * worst));
                    }
                    return "at least %.0f %%".formatted(100 * worst);
                });
    }

    /** @return the least share of the copy */
    private static double rows(Report report, double copied, String pixels, int width, int height, String... types)
            throws Exception {
        double worst = 1;
        for (var dtype : types) {
            for (var layout : new String[] {"nchw", "nhwc"}) {
                var result = new TensorBenchmark(pixels, width, height, dtype, layout).run(copied);
                report.line(result.row());
                worst = Math.min(worst, result.share());
            }
        }
        return worst;
    }

    private static double copy(CudaStream stream, CudaMemory from, CudaMemory to, long bytes) throws Exception {
        int times = 100;
        long started = System.nanoTime();
        for (int i = 0; i < times; i++) {
            stream.copy(to.address(0), from.address(0), bytes);
        }
        stream.fence(from, to);
        stream.limit(0);
        return 2.0 * bytes * times / ((System.nanoTime() - started) / 1e9);
    }
}
