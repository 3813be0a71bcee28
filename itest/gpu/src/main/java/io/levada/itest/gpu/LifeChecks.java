/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import io.levada.api.media.LeakDetector;
import io.levada.api.stage.StageException;
import io.levada.cuda.Cuda;
import io.levada.cuda.CudaDevice;
import io.levada.decoder.cuda.CudaDecoder;
import io.levada.gpu.GpuKernel;
import io.levada.gpu.GpuScale;
import io.levada.gpu.GpuTensor;
import io.levada.testkit.StageHarness;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Does it come and go without a trace, and does harm stay where it is done? */
final class LifeChecks {

    private static final int CHANGES = Settings.changes();

    private final Report report;
    private final Clips clips;
    private final Cuda cuda = Cuda.probe();

    LifeChecks(Report report, Clips clips) {
        this.report = report;
        this.clips = clips;
    }

    void run() {
        report.section("Life");
        report.check(CHANGES + " times decoder, scale and tensor made and closed in the midst of work", this::changes);
        report.check(
                "a kernel that does not compile is refused with its lines, and the one before goes on", this::lines);
        report.section("Faults, each in a process of its own");
        for (var fault : List.of("illegal", "endless", "memory")) {
            report.check(fault, () -> fault(fault));
        }
    }

    private String changes() throws Exception {
        var device = cuda.device(0);
        play(device);
        settle(device);
        long before = device.allocated();
        long cardBefore = free();
        for (int i = 0; i < CHANGES; i++) {
            play(device);
        }
        settle(device);
        if (device.allocated() != before || device.streams() != 0) {
            throw new AssertionError(
                    device.allocated() + " bytes and " + device.streams() + " streams, before " + before);
        }
        long lost = cardBefore - free();
        if (lost > 64 << 20) {
            throw new AssertionError(lost + " bytes of the card are gone");
        }
        return device.allocated() + " bytes held by stages, 0 streams; the card's free memory changed by " + lost
                + " bytes";
    }

    private void play(CudaDevice device) throws Exception {
        var end = Flow.sink();
        var decoder = new CudaDecoder();
        var scale = new GpuScale();
        var tensor = new GpuTensor();
        decoder.open(new BareContext("decode", Map.of("device", "0")));
        scale.open(new BareContext("scale", Map.of("width", "320", "height", "180")));
        tensor.open(new BareContext("tensor", Map.of("dtype", "f16", "batch", "4")));
        var out = Flow.into(decoder, Flow.into(scale, Flow.into(tensor, end)));
        try (var file = io.levada.ffmpeg.test.MediaFile.open(clips.original())) {
            int track = file.first(io.levada.api.media.MediaKind.VIDEO);
            out.format(file.formats().get(track));
            for (int i = 0; i < 14; i++) {
                out.emit(file.next(track));
            }
        } finally {
            decoder.close();
            scale.close();
            tensor.close();
        }
        if (end.samples() == 0) {
            throw new AssertionError("nothing came out");
        }
    }

    private static long free() throws Exception {
        try (var free = new org.bytedeco.javacpp.SizeTPointer(1);
                var total = new org.bytedeco.javacpp.SizeTPointer(1)) {
            Cuda.probe().device(0).bind();
            org.bytedeco.cuda.global.cudart.cuMemGetInfo(free, total);
            return free.get();
        }
    }

    private static void settle(CudaDevice device) throws InterruptedException {
        for (int i = 0; i < 200 && device.streams() > 0; i++) {
            Thread.sleep(10);
        }
    }

    private String lines() {
        var good = "extern \"C\" __global__ void process(const Frame f) {}";
        var bad = "extern \"C\" __global__ void process(const Frame f) {\n    f.in.width = nonsense;\n}";
        try (var stage = StageHarness.of(new GpuKernel(), Map.of("code", good));
                var up = StageHarness.of(new io.levada.gpu.GpuUpload())) {
            up.feed(io.levada.testkit.Frames.solid(64, 48, io.levada.testkit.Color.WHITE));
            var sample = up.samples().first();
            sample.retain();
            stage.feed(sample);
            try {
                stage.reconfigure(Map.of("code", bad));
                throw new AssertionError("it was taken");
            } catch (Exception e) {
                if (!(e instanceof StageException refusal)
                        || !refusal.getMessage().contains("code(2)")) {
                    throw new AssertionError("said: " + e.getMessage(), e);
                }
                sample.retain();
                stage.feed(sample);
                return "`" + e.getMessage().lines().findFirst().orElseThrow() + "`";
            }
        }
    }

    private String fault(String which) throws IOException, InterruptedException {
        return OwnProcess.run(
                OwnProcess.java(GpuFault.class, which, clips.original().toString()));
    }

    static Path clip(String[] arguments) {
        LeakDetector.level(LeakDetector.Level.ALL);
        return Path.of(arguments[1]);
    }
}
