/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import io.levada.analyzer.onnx.GpuInference;
import io.levada.api.media.LeakDetector;
import io.levada.cuda.Cuda;
import io.levada.decoder.cuda.CudaDecoder;
import io.levada.gpu.GpuKernel;
import io.levada.gpu.GpuScale;
import io.levada.gpu.GpuTensor;
import io.levada.itest.gpu.Player.Step;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Stages one behind the other in a process of their own, so that all that crosses between host and GPU there is theirs:
 * {@code Chain NAME PACKETS CLIP MODEL}. {@link CopyChecks} starts it.
 */
enum Chain {

    /** Pictures to the host: what is counted elsewhere has to be counted here. */
    DOWNLOAD("decode, scale, download") {
        @Override
        void add(List<Step> steps, String model) {
            steps.add(Player.download());
        }

        @Override
        boolean fair(long bytesPerFrame) {
            return bytesPerFrame >= FRAME_BYTES;
        }
    },

    TENSORS("decode, scale, tensor") {
        @Override
        void add(List<Step> steps, String model) {
            steps.add(Step.of(new GpuTensor(), "width", "320", "height", "320"));
        }

        @Override
        boolean fair(long bytesPerFrame) {
            return bytesPerFrame < 64; // a driver's own, if it has any
        }
    },

    KERNEL("decode, scale, kernel, tensor") {
        @Override
        void add(List<Step> steps, String model) {
            steps.add(Step.of(new GpuKernel(), "code", "extern \"C\" __global__ void process(const Frame f) {}"));
            TENSORS.add(steps, model);
        }

        @Override
        boolean fair(long bytesPerFrame) {
            return TENSORS.fair(bytesPerFrame);
        }
    },

    PICTURES("decode, scale, inference") {
        @Override
        void add(List<Step> steps, String model) {
            var inference = new GpuInference(model);
            steps.add(new Step(inference.stage(), inference.parameters(16)));
        }

        @Override
        boolean fair(long bytesPerFrame) {
            return bytesPerFrame < BOXES_BYTES;
        }
    },

    INFERENCE("decode, scale, tensor, inference") {
        @Override
        void add(List<Step> steps, String model) {
            TENSORS.add(steps, model);
            PICTURES.add(steps, model);
        }

        @Override
        boolean fair(long bytesPerFrame) {
            return PICTURES.fair(bytesPerFrame);
        }
    };

    /** Of NV12 as it leaves the scaling. */
    private static final int WIDTH = 640;

    private static final int HEIGHT = 360;
    private static final long FRAME_BYTES = WIDTH * HEIGHT * 3 / 2;

    /** Room for a hundred boxes, which is what a stage tells at most unless it is told otherwise. */
    private static final long BOXES_BYTES = 4096;

    private final String text;

    Chain(String text) {
        this.text = text;
    }

    /** What is behind the scaling. */
    abstract void add(List<Step> steps, String model);

    /** Whether so much on the way to the host for each picture is as it has to be. */
    abstract boolean fair(long bytesPerFrame);

    @Override
    public String toString() {
        return text;
    }

    /** Says what Levada's own counters say went to the host. */
    public static void main(String[] arguments) throws Exception {
        LeakDetector.level(LeakDetector.Level.ALL);
        var steps = new ArrayList<>(List.of(
                Step.of(new CudaDecoder(), "device", "0"),
                Step.of(new GpuScale(), "width", "" + WIDTH, "height", "" + HEIGHT)));
        valueOf(arguments[0]).add(steps, arguments[3]);
        int packets = Integer.parseInt(arguments[1]);
        int played = Player.play(Path.of(arguments[2]), packets, sample -> {}, steps.toArray(Step[]::new));
        if (played < packets) {
            throw new IllegalArgumentException(arguments[2] + " has " + played + " packets only");
        }
        var copies = Cuda.probe().device(0).copies();
        System.out.println("SEEN " + copies.toHost() + " " + copies.toHostBytes());
        System.exit(0); // ONNX Runtime's threads go on
    }
}
