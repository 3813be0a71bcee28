/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.stage.StageException;
import java.util.Optional;

/** Where a session's inputs have to lie: brings the rows of a batch there and runs them. For one thread at a time. */
interface Staging extends AutoCloseable {

    /** The rows lie where the CPU takes them from. */
    Staging HOST = new Staging() {

        @Override
        public OrtSession open(ModelKey key) throws StageException {
            return OrtSession.open(key, -1, 0);
        }

        @Override
        public Answer run(OrtSession session, Batch batch, int run, long... shape) {
            return session.run(batch.rows.size(), batch.memory(), (long) run * batch.rowBytes, shape);
        }

        @Override
        public void close() {}
    };

    /** Opens a session of a model that works where the rows are brought. */
    OrtSession open(ModelKey key) throws StageException;

    /** What the model is like: gets ready for it, so that no picture waits for what is only done once. */
    default void prepare(ModelSpec spec) {}

    /** Why nothing can be run here any more; empty while it can. Any thread. */
    default Optional<String> lost() {
        return Optional.empty();
    }

    /** Nanoseconds after which a run is taken to hang: never on the CPU, which may be slow. */
    default long patience() {
        return Long.MAX_VALUE;
    }

    /**
     * Runs the model once.
     *
     * @param run how many rows it is asked about: those of the batch, and more that nobody reads
     * @param shape of the input
     * @throws IllegalStateException with the runtime's message
     */
    Answer run(OrtSession session, Batch batch, int run, long... shape) throws StageException;

    /** After the sessions. */
    @Override
    void close();
}
