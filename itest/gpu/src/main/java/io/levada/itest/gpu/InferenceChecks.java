/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import io.levada.analyzer.onnx.GpuInference;

/** A neural network on the GPU: right, fast, and without a frame's way over the host. Needs the add-on in bundles/. */
final class InferenceChecks {

    private static final int BATCH = 16;
    private static final double WAIT_MILLIS = 5;

    private final Report report;
    private final GpuInference inference;
    private final CopyChecks copies;

    InferenceChecks(Report report, Clips clips, String model) {
        this.report = report;
        this.inference = new GpuInference(model);
        this.copies = new CopyChecks(clips, model);
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
        report.check("no frame bytes cross to the host in " + Chain.INFERENCE, () -> copies.run(Chain.INFERENCE));
        report.check("16 feeds of tensors on the GPU: batches bring 4 times the fps of single runs", this::speed);
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
