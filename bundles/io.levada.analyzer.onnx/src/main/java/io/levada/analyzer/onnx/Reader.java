/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.stage.EventSink;
import io.levada.api.stage.StageException;
import java.util.Optional;

/** Makes events of what a model put out about one picture. For one thread at a time. */
interface Reader {

    /** @throws StageException when nothing can be made of it */
    void read(Row row, Answer answer, EventSink events) throws StageException;

    /** The boxes that it wants, to be chosen where the model's output is; empty when it reads outputs. */
    default Optional<BoxQuery> query() {
        return Optional.empty();
    }

    /** Candidates for boxes in the latest picture that were too many to be looked at. */
    default int beyond() {
        return 0;
    }

    /** Forgets what it knows of earlier pictures. */
    default void forget() {}
}
