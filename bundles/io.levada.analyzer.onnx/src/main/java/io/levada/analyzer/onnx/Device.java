/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.stage.StageException;
import java.util.Optional;

/**
 * Where a model runs.
 *
 * @param cuda the GPU's index, or -1 for the CPU
 * @param reason why it is that one, where the user left it open
 */
record Device(int cuda, String reason) {

    /** Rows of one run on a GPU, which takes hardly longer for them than for one. */
    private static final int GPU_BATCH = 8;

    /** The most rows of a run where the user leaves it open: on the CPU a picture would only wait for the others'. */
    int batch() {
        return cuda < 0 ? 1 : GPU_BATCH;
    }

    /** @throws StageException when that can't be */
    static Device of(String text) throws StageException {
        if (text.equals("cpu")) {
            return new Device(-1, "");
        }
        if (text.equals("auto")) {
            Optional<String> missing = OrtLibrary.noCuda();
            return new Device(missing.isPresent() ? -1 : 0, missing.orElse(""));
        }
        var index = text.equals("cuda") ? "0" : text.startsWith("cuda:") ? text.substring(5) : "";
        if (!index.matches("[0-9]{1,3}")) {
            throw StageException.invalid("'" + text + "' is no device")
                    .parameter("device")
                    .remedy("write auto, cpu, cuda or cuda:1");
        }
        return new Device(Integer.parseInt(index), "");
    }
}
