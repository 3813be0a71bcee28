/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import io.levada.analyzer.onnx.GpuBoxes;
import io.levada.analyzer.onnx.GpuInference;
import io.levada.analyzer.onnx.GpuInference.Input;
import io.levada.analyzer.onnx.GpuInference.Speed;
import io.levada.analyzer.onnx.GpuModels;
import java.util.List;

/** A neural network on the GPU: right, fast, and without a frame's way over the host. Needs the add-on in bundles/. */
final class InferenceChecks {

    private static final int BATCH = 16;
    private static final double WAIT_MILLIS = 5;

    private final Report report;
    private final GpuInference inference;
    private final CopyChecks copies;
    private final String model;

    InferenceChecks(Report report, Clips clips, String model) {
        this.report = report;
        this.model = model;
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
        report.check(
                "the same boxes as on the CPU, within 0.001, in 200 pictures on the GPU, without TF32", this::exact);
        report.check("boxes are chosen on the GPU as on the CPU, to the last bit", () -> new GpuBoxes().compare());
        report.check("models of f32, f16 and u8, and of fixed batches", () -> new GpuModels(model).kinds());
        report.check("a changed model takes over on the GPU", () -> new GpuModels(model).change());
        for (var chain : List.of(Chain.PICTURES, Chain.INFERENCE)) {
            report.check("only boxes cross to the host in " + chain, () -> copies.run(chain));
        }
        report.check("16 feeds of tensors on the GPU: batches bring 4 times the fps of single runs", this::speed);
        report.check("16 feeds of pictures on the GPU are answered in time", () -> inTime(Input.PICTURES)
                .toString());
    }

    private String exact() throws Exception {
        var process = OwnProcess.java(GpuModels.class, model);
        process.environment().put("NVIDIA_TF32_OVERRIDE", "0");
        return OwnProcess.run(process);
    }

    private String speed() throws Exception {
        var single = inference.speed(1, Input.TENSORS);
        var batched = inTime(Input.TENSORS);
        var seen = "one a run: " + single + "; batches of up to " + BATCH + ": " + batched;
        if (batched.fps() < 4 * single.fps() || single.wrong() > 0) {
            throw new AssertionError(seen);
        }
        return "%.1f times; ".formatted(batched.fps() / single.fps()) + seen;
    }

    /** In batches, right and hardly later than the wait that is allowed for them. */
    private Speed inTime(Input input) throws Exception {
        var batched = inference.speed(BATCH, input);
        if (batched.p99() > WAIT_MILLIS + 10 || batched.wrong() > 0) {
            throw new AssertionError(batched);
        }
        return batched;
    }
}
