/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.media.Format;
import io.levada.api.media.Memory;
import io.levada.api.stage.StageException;

/**
 * Where a model runs.
 *
 * @param cuda the GPU's index, or -1 for the CPU
 * @param reason why it is that one, where the user left it open
 */
record Device(int cuda, String reason) {

    static final String NO_BUNDLE = "the bundle io.levada.cuda is not there";

    /** Rows of one run on a GPU, which takes hardly longer for them than for one. */
    private static final int GPU_BATCH = 16;

    boolean gpu() {
        return cuda >= 0;
    }

    /** The most rows of a run where the user leaves it open: on the CPU a picture would only wait for the others'. */
    int batch() {
        return cuda < 0 ? 1 : GPU_BATCH;
    }

    /** @throws StageException when that can't be */
    static Device of(String text, Gpus gpus) throws StageException {
        if (text.equals("cpu")) {
            return new Device(-1, "");
        }
        if (text.equals("auto")) {
            return gpus.first();
        }
        var index = text.equals("cuda") ? "0" : text.startsWith("cuda:") ? text.substring(5) : "";
        if (!index.matches("[0-9]{1,3}")) {
            throw StageException.invalid("'" + text + "' is no device")
                    .parameter("device")
                    .remedy("write auto, cpu, cuda or cuda:1");
        }
        return new Device(Integer.parseInt(index), "");
    }

    /**
     * What comes is taken where the model runs, and from the host.
     *
     * @param device the GPU's index, where it is on one
     * @throws StageException when it is elsewhere
     */
    void check(Memory.Kind memory, int device, Format coming) throws StageException {
        if (memory == Memory.Kind.HOST || memory == Memory.Kind.CUDA && cuda == device) {
            return;
        }
        boolean other = memory == Memory.Kind.CUDA && gpu();
        throw StageException.invalid("the model runs on " + this + ", and " + coming + " comes")
                .parameter("from")
                .remedy(
                        other
                                ? "write device = cuda:" + device
                                : "put a gpu.download in between, or let the model run on the GPU (device = cuda)");
    }

    /** What the rows of a model's batches go through; {@link Staging#close} it after the sessions. */
    Staging staging(Gpus gpus, String model) throws StageException {
        return gpu() ? gpus.staging(cuda, model) : Staging.HOST;
    }

    static StageException noBundle(NoClassDefFoundError e, String parameter, String otherwise) {
        return StageException.invalid(NO_BUNDLE)
                .parameter(parameter)
                .remedy("put io.levada.cuda and its natives into bundles/ and restart the node, or " + otherwise)
                .because(e);
    }

    /**
     * How many rows a run has for some that are wanted. On a GPU there are few numbers, powers of two: see {@link Sessions}.
     *
     * @param capacity the most
     */
    int run(int rows, int capacity) {
        return cuda < 0 || rows <= 1 ? rows : Math.min(capacity, 2 * Integer.highestOneBit(rows - 1));
    }

    /** As in {@code GPU 0} or {@code the CPU (no GPU: no NVIDIA driver found)}. */
    @Override
    public String toString() {
        return cuda >= 0 ? "GPU " + cuda : reason.isEmpty() ? "the CPU" : "the CPU (" + reason + ")";
    }
}
