/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.stage.StageException;

/** Who uses a model. Called by the thread that looks for changed files. */
interface ModelUser {

    /** @throws StageException when it could not go on with a changed model; then that is not taken */
    void check(ModelSpec changed) throws StageException;

    /** A run does not end: it is to see whether it waits for that. */
    void wake();

    /** Hears what is wrong with a changed file. */
    void warn(String message);
}
