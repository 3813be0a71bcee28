/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import io.levada.api.media.LeakDetector;
import io.levada.cuda.Cuda;
import io.levada.decoder.cuda.CudaDecoder;
import io.levada.decoder.ffmpeg.FFmpegDecoder;
import io.levada.ffmpeg.test.MediaFile;
import io.levada.gpu.GpuKernel;
import io.levada.gpu.GpuTensor;
import io.levada.itest.gpu.Player.Step;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Does harm to the GPU on purpose: {@code GpuFault illegal|endless|memory CLIP}. Ends well when it is dealt with as it should. */
public final class GpuFault {

    private GpuFault() {}

    public static void main(String[] arguments) throws Exception {
        var clip = LifeChecks.clip(arguments);
        var watch = new Thread(() -> {
            try {
                TimeUnit.SECONDS.sleep(50);
            } catch (InterruptedException e) {
                return;
            }
            Thread.getAllStackTraces().forEach((thread, stack) -> System.out.println(thread + " " + List.of(stack)));
            Runtime.getRuntime().halt(3);
        });
        watch.setDaemon(true);
        watch.start();
        switch (arguments[0]) {
            case "illegal" -> illegal(clip);
            case "endless" -> endless(clip);
            default -> memory(clip);
        }
        Runtime.getRuntime().halt(0); // a context with an endless kernel can't be left in order
    }

    private static void seen(String text) {
        System.out.println("SEEN " + text.replace('\n', ' '));
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            System.out.println("NOT SO: " + what);
            System.out.flush();
            Runtime.getRuntime().halt(2);
        }
    }

    private static void illegal(Path clip) throws Exception {
        var bystander = new GpuTensor();
        bystander.open(new BareContext("bystander", Map.of()));
        var said = harm(clip, "f.out.plane[0][(1LL << 44) + blockIdx.x] = 1;", bystander);
        seen("the stage: " + said);
        bystander.close();
        var device = Cuda.probe().devices().get(0);
        await(() -> !device.failure().isEmpty(), 5);
        seen("the device: " + device.failure());
        require(device.failure().contains("bench/culprit"), "the culprit is named");
        require(device.failure().contains("restart"), "a restart is advised");
        require(!Cuda.probe().available(), "no GPU is offered any more");
        try {
            new CudaDecoder().open(new BareContext("decoder", Map.of("device", "0")));
            require(false, "a decoder opens on the lost device");
        } catch (io.levada.api.stage.StageException e) {
            seen("the next decoder.cuda: " + e.getMessage());
        }
        int frames = Player.pictures(clip, 20, Step.of(new FFmpegDecoder())).size();
        require(frames > 0, "software decodes");
        seen("software decoded " + frames + " frames in the same process");
    }

    private static void endless(Path clip) throws Exception {
        long started = System.nanoTime();
        var said = harm(clip, "if (blockIdx.x + blockIdx.y == 0) for (volatile int i = 0; i >= 0; i = 1) {}", null);
        seen("the stage after %.1f s: %s".formatted((System.nanoTime() - started) / 1e9, said));
        require(said.contains("bench/culprit"), "the culprit is named");
        require(Cuda.probe().available(), "the device goes on for others");
        int frames = Player.pictures(clip, 5, Step.of(new FFmpegDecoder())).size();
        require(frames > 0, "software decodes");
    }

    /** Plays until a stage gives up, and tells why. */
    private static String harm(Path clip, String line, GpuTensor bystander) throws Exception {
        var decoder = new CudaDecoder();
        var kernel = new GpuKernel();
        decoder.open(new BareContext("decoder", Map.of("device", "0")));
        kernel.open(new BareContext(
                "culprit", Map.of("code", "extern \"C\" __global__ void process(const Frame f) { " + line + " }")));
        var out = Flow.into(
                decoder, Flow.into(kernel, bystander == null ? Flow.sink() : Flow.into(bystander, Flow.sink())));
        try (var file = MediaFile.open(clip)) {
            int track = file.first(io.levada.api.media.MediaKind.VIDEO);
            out.format(file.formats().get(track));
            for (var packet = file.next(track); packet != null; packet = file.next(track)) {
                out.emit(packet);
            }
            return "it went through";
        } catch (RuntimeException e) {
            var cause = e.getCause() == null ? e : e.getCause();
            return cause.getMessage();
        } finally {
            kernel.close();
            decoder.close();
        }
    }

    private static void memory(Path clip) throws Exception {
        try (var hog = CardHog.of(Cuda.probe().device(0))) {
            seen("told: " + hog.said());
            require(hog.said().contains("out of memory"), "the reason is told");
            try {
                var got = Player.pictures(clip, 5, Step.of(new CudaDecoder(), "device", "0"), Player.download())
                        .size();
                seen("the decoder found room for " + got + " frames");
            } catch (Throwable e) {
                seen("the decoder: " + e);
            }
        }
        LeakDetector.reset();
        int frames = Player.pictures(clip, 5, Step.of(new CudaDecoder(), "device", "0"), Player.download())
                .size();
        require(frames > 0, "it goes on when there is memory again");
        seen("afterwards " + frames + " frames");
    }

    private static void await(java.util.function.BooleanSupplier condition, int seconds) throws InterruptedException {
        for (int i = 0; i < seconds * 100 && !condition.getAsBoolean(); i++) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        require(condition.getAsBoolean(), "it came to be within " + seconds + " s");
    }
}
