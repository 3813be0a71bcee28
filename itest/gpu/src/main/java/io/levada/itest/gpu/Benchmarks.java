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
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;

/**
 * How fast is it, beside the ffmpeg program in the same run? Neither's start is counted: time begins when a stream is open, as the
 * program's own {@code -benchmark} has it.
 */
final class Benchmarks {

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final Pattern BENCH = Pattern.compile("bench: utime=([0-9.]+)s stime=([0-9.]+)s rtime=([0-9.]+)s");

    private static final String DECODE = "Levada, decode";
    private static final String TENSORS = "Levada, decode + scale to 720p + tensor 640x640 f16";
    private static final int PAIRS = 5;
    private static final double LIKE_FFMPEG = 0.97;
    private static final double CORES = 0.6;
    private static final int MANY = 14;

    private final Report report;
    private final Clips clips;
    private final int frames = Settings.frames();

    Benchmarks(Report report, Clips clips) {
        this.report = report;
        this.clips = clips;
    }

    /** @param cores how many were busy */
    private record Figure(double fps, double cores) {

        double coresPerThousand() {
            return cores * 1000 / fps;
        }
    }

    void run() throws Exception {
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
        var lengthy = clips.repeat(clip, frames / 300);
        report.line("\n1080p H.264, " + frames
                + " frames a stream, decoded on one GPU by NVDEC; fps are of all streams, starts are not counted.\n");
        report.line("| what | streams | fps | cores | cores per 1,000 fps |");
        report.line("| --- | --- | --- | --- | --- |");
        jvm("warm-up", clip, 2, false);
        var alone = new ArrayList<Figure>();
        var program = new ArrayList<Figure>();
        for (int i = 0; i < PAIRS; i++) {
            program.add(programs(lengthy, 1));
            alone.add(jvm(DECODE, lengthy, 1, false));
        }
        var programs = new ArrayList<Figure>();
        for (int streams : new int[] {8, MANY, 20}) {
            programs.add(programs(lengthy, streams));
        }
        var decoded = new ArrayList<Figure>();
        for (int streams : new int[] {MANY, 20, 28}) {
            decoded.add(jvm(DECODE, lengthy, streams, false));
        }
        var copies = Cuda.probe().device(0).copies();
        long toHost = copies.toHost();
        var tensors = new ArrayList<Figure>();
        for (int streams : new int[] {MANY, 20, 28}) {
            tensors.add(jvm(TENSORS, lengthy, streams, true));
        }
        long crossed = copies.toHost() - toHost;
        report.line("");
        report.check("one stream is decoded at 0.97 or more of the ffmpeg program's fps", () -> alike(alone, program));
        report.check("14 or more streams in one JVM bring more than any number of ffmpeg processes", () -> {
            require(best(decoded) > best(programs), best(decoded) + " fps, ffmpeg " + best(programs));
            return "%.0f fps, with scaling and tensors %.0f; ffmpeg %.0f. Aimed at on an H200: 4,200 and 3,500"
                    .formatted(best(decoded), best(tensors), best(programs));
        });
        report.check("14 streams take less than 0.6 core for 1,000 fps", () -> {
            double decode = decoded.get(0).coresPerThousand();
            double all = tensors.get(0).coresPerThousand();
            require(Math.max(decode, all) < CORES, decode + " to decode, " + all + " with scaling and tensors");
            return "%.2f to decode, %.2f with scaling and tensors".formatted(decode, all);
        });
        report.check("no frame bytes cross to the host in decode, scale, tensor, by Levada's own counters", () -> {
            require(crossed == 0, crossed + " copies to the host");
            return "0 copies";
        });
    }

    private static String alike(List<Figure> alone, List<Figure> program) {
        double ratio = median(alone) / median(program);
        var seen = "%.3f; of %d pairs, medians of %.0f and %.0f fps"
                .formatted(ratio, PAIRS, median(alone), median(program));
        require(ratio >= LIKE_FFMPEG, seen);
        return seen;
    }

    private static double median(List<Figure> figures) {
        return figures.stream().mapToDouble(Figure::fps).sorted().toArray()[figures.size() / 2];
    }

    private static double best(List<Figure> figures) {
        return figures.stream().mapToDouble(Figure::fps).max().orElseThrow();
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    private Figure jvm(String what, Path clip, int streams, boolean tensors) throws Exception {
        var threads = Executors.newFixedThreadPool(streams);
        try {
            var tasks = new ArrayList<Callable<Stream.Done>>();
            for (int i = 0; i < streams; i++) {
                tasks.add(new Stream(clip, i, tensors));
            }
            long cpu = SYSTEM.getProcessCpuTime();
            var done = new ArrayList<Stream.Done>();
            for (Future<Stream.Done> one : threads.invokeAll(tasks)) {
                done.add(one.get());
            }
            long begun = done.stream().mapToLong(Stream.Done::begun).min().orElseThrow();
            long ended = done.stream().mapToLong(Stream.Done::ended).max().orElseThrow();
            long frames = done.stream().mapToLong(Stream.Done::frames).sum();
            double seconds = (ended - begun) / 1e9;
            return row(what, streams, frames / seconds, (SYSTEM.getProcessCpuTime() - cpu) / 1e9 / seconds);
        } finally {
            threads.shutdown();
        }
    }

    private Figure programs(Path clip, int streams) throws Exception {
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
        double seconds = 0;
        for (var process : processes) {
            var said = new String(process.getInputStream().readAllBytes());
            var times = BENCH.matcher(said);
            if (process.waitFor() != 0 || !times.find()) {
                throw new IllegalStateException(said);
            }
            cpu += Double.parseDouble(times.group(1)) + Double.parseDouble(times.group(2));
            seconds = Math.max(seconds, Double.parseDouble(times.group(3)));
        }
        return row(
                streams == 1 ? "ffmpeg program" : "ffmpeg programs",
                streams,
                frames * streams / seconds,
                cpu / seconds);
    }

    private Figure row(String what, int streams, double fps, double cores) {
        var figure = new Figure(fps, cores);
        report.line("| %s | %d | %.0f | %.2f | %.2f |".formatted(what, streams, fps, cores, figure.coresPerThousand()));
        return figure;
    }
}
