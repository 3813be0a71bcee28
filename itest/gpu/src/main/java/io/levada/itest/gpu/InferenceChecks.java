/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import io.levada.analyzer.onnx.GpuInference;
import io.levada.cuda.Cuda;
import io.levada.decoder.cuda.CudaDecoder;
import io.levada.gpu.GpuScale;
import io.levada.gpu.GpuTensor;
import io.levada.itest.gpu.Player.Step;
import java.util.concurrent.atomic.AtomicInteger;

/** A neural network on the GPU: right, fast, and without a frame's way over the host. Needs the add-on in bundles/. */
final class InferenceChecks {

    private static final int BATCH = 16;
    private static final double WAIT_MILLIS = 5;
    private static final int FRAMES = 200;

    private final Report report;
    private final Clips clips;
    private final GpuInference inference;

    InferenceChecks(Report report, Clips clips, String model) {
        this.report = report;
        this.clips = clips;
        this.inference = new GpuInference(model);
    }

    void run() {
        report.section("Inference");
        report.check("boxes on the GPU in pictures that training did not see", () -> {
            var accuracy = inference.accuracy();
            if (!accuracy.fair()) {
                throw new AssertionError(accuracy);
            }
            return accuracy.toString();
        });
        report.check("no frame bytes cross to the host in decode, scale, tensor, inference", this::resident);
        report.check("16 feeds of tensors on the GPU: batches bring 4 times the fps of single runs", this::speed);
    }

    private String resident() throws Exception {
        var copies = Cuda.probe().device(-1).copies();
        long before = copies.toHost();
        var events = new AtomicInteger();
        Player.play(
                clips.original(),
                FRAMES,
                event -> events.incrementAndGet(),
                Step.of(new CudaDecoder()),
                Step.of(new GpuScale(), "width", "640", "height", "360"),
                Step.of(new GpuTensor(), "width", "320", "height", "320"),
                new Step(inference.stage(), inference.parameters(BATCH)));
        if (copies.toHost() != before) {
            throw new AssertionError((copies.toHost() - before) + " copies to the host");
        }
        return "%d frames, %d events, 0 copies to the host but the model's answers".formatted(FRAMES, events.get());
    }

    private String speed() throws Exception {
        var single = inference.speed(1);
        var batched = inference.speed(BATCH);
        var seen = "one a run: " + single + "; batches of up to " + BATCH + ": " + batched;
        if (batched.fps() < 4 * single.fps()
                || batched.p99() > WAIT_MILLIS + 10
                || batched.wrong() > 0
                || single.wrong() > 0) {
            throw new AssertionError(seen);
        }
        return "%.1f times; ".formatted(batched.fps() / single.fps()) + seen;
    }
}
