/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import com.sun.management.OperatingSystemMXBean;
import io.levada.cuda.Cuda;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** How fast is it, beside the ffmpeg program in the same run? */
final class Benchmarks {

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final Report report;
    private final Clips clips;
    private final int clipFrames;

    Benchmarks(Report report, Clips clips, int clipFrames) {
        this.report = report;
        this.clips = clips;
        this.clipFrames = clipFrames;
    }

    void run() throws Exception {
        report.section("Speed");
        var clip = clips.make(
                "bench.mp4",
                300,
                "-vf",
                "scale=1920:1080",
                "-c:v",
                "libx264",
                "-preset",
                "veryfast",
                "-b:v",
                "6M",
                "-g",
                "50");
        var lengthy = clips.repeat(clip, clipFrames / 300);
        report.line("1080p H.264, " + clipFrames
                + " frames a stream, decoded on the GPU by NVDEC; fps are of all streams.\n");
        report.line("| what | streams | fps | cores | cores per 1,000 fps |");
        report.line("| --- | --- | --- | --- | --- |");
        jvm("warm-up", clip, 2, false);
        programs("ffmpeg program", lengthy, 1);
        jvm("Levada, decode", lengthy, 1, false);
        programs("ffmpeg program", lengthy, 1);
        jvm("Levada, decode", lengthy, 1, false);
        for (int streams : new int[] {8, 14, 20}) {
            programs("ffmpeg programs", lengthy, streams);
            jvm("Levada, decode", lengthy, streams, false);
        }
        for (int streams : new int[] {28, 40}) {
            jvm("Levada, decode", lengthy, streams, false);
        }
        var copies = Cuda.probe().device(-1).copies();
        long toHost = copies.toHost();
        long toDevice = copies.toDevice();
        for (int streams : new int[] {14, 20, 28}) {
            jvm("Levada, decode + scale to 720p + tensor 640x640 f16", lengthy, streams, true);
        }
        report.line("");
        report.check("no frame bytes cross to the host in decode, scale, tensor", () -> {
            if (copies.toHost() != toHost) {
                throw new AssertionError("copies to the host: " + (copies.toHost() - toHost));
            }
            return "0 copies to the host; " + (copies.toDevice() - toDevice)
                    + " to the device (the tables of each stage, once)";
        });
    }

    private void jvm(String what, Path clip, int streams, boolean tensors) throws Exception {
        var threads = Executors.newFixedThreadPool(streams);
        try {
            var tasks = new ArrayList<Callable<Long>>();
            for (int i = 0; i < streams; i++) {
                tasks.add(new Stream(clip, i, tensors));
            }
            long cpu = SYSTEM.getProcessCpuTime();
            long started = System.nanoTime();
            long frames = 0;
            for (Future<Long> done : threads.invokeAll(tasks)) {
                frames += done.get();
            }
            double seconds = (System.nanoTime() - started) / 1e9;
            row(what, streams, frames / seconds, (SYSTEM.getProcessCpuTime() - cpu) / 1e9 / seconds);
        } finally {
            threads.shutdown();
        }
    }

    private void programs(String what, Path clip, int streams) throws Exception {
        long started = System.nanoTime();
        var processes = new ArrayList<Process>();
        for (int i = 0; i < streams; i++) {
            processes.add(Clips.start(
                    "-benchmark",
                    "-v",
                    "info",
                    "-hwaccel",
                    "cuda",
                    "-hwaccel_output_format",
                    "cuda",
                    "-i",
                    clip.toString(),
                    "-an",
                    "-f",
                    "null",
                    "-"));
        }
        double cpu = 0;
        for (var process : processes) {
            var said = new String(process.getInputStream().readAllBytes());
            if (process.waitFor() != 0) {
                throw new IllegalStateException(said);
            }
            var times = java.util.regex.Pattern.compile("utime=([0-9.]+)s stime=([0-9.]+)s")
                    .matcher(said);
            if (times.find()) {
                cpu += Double.parseDouble(times.group(1)) + Double.parseDouble(times.group(2));
            }
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        row(what, streams, (double) clipFrames * streams / seconds, cpu / seconds);
    }

    private void row(String what, int streams, double fps, double cores) {
        report.line("| %s | %d | %.0f | %.2f | %.2f |".formatted(what, streams, fps, cores, cores * 1000 / fps));
    }
}
