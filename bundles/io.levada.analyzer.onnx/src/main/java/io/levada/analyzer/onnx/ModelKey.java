/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import java.nio.file.Path;

/**
 * What a session is shared by.
 *
 * @param file of the model, absolute
 * @param device {@code cpu}, {@code cuda:0} or {@code auto}
 * @param threads of the CPU that one batch may use; 0 for half of the cores
 * @param maxBatch the most pictures in one run; 0 for what suits the device
 */
record ModelKey(Path file, String device, int threads, int maxBatch) {

    /** The same on a certain GPU. */
    ModelKey on(int cuda) {
        return new ModelKey(file, "cuda:" + cuda, threads, maxBatch);
    }
}
