/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.stage.StageException;

/** The GPUs on which models can run. */
interface Gpus {

    /** Those of the node. */
    Gpus NODE = new NodeGpus();

    /** Where a model runs that was left where to: on the first GPU that works at this moment, else on the CPU, with the reason. */
    Device first() throws StageException;

    /**
     * What the rows of a model's batches go through on a GPU; {@link Staging#close} it after the sessions.
     *
     * @param index the GPU's
     * @param model what it is called in messages
     * @throws StageException when that GPU can't be had
     */
    Staging staging(int index, String model) throws StageException;
}
