/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.stage.StageException;
import java.util.HashMap;
import java.util.Map;

/**
 * A model's sessions. One on the CPU; on a GPU one for each number of rows that a run may have, for a session there prepares
 * its convolutions anew whenever that changes, which takes as long as dozens of runs.
 */
final class Sessions implements AutoCloseable {

    private final Staging staging;
    private final OrtSession first;
    private final Map<Integer, OrtSession> sized = new HashMap<>();

    Sessions(Staging staging, ModelKey key) throws StageException {
        this.staging = staging;
        this.first = staging.open(key);
    }

    /** Opens those of a GPU. */
    void open(ModelKey key, int capacity) throws StageException {
        sized.put(capacity, first);
        for (int rows = 1; rows < capacity; rows *= 2) {
            sized.put(rows, staging.open(key));
        }
    }

    OrtSession first() {
        return first;
    }

    /** For runs of so many rows. */
    OrtSession of(int rows) {
        return sized.getOrDefault(rows, first);
    }

    /** Runs each once, so that no picture waits for what is only done once. */
    void warmUp(ModelSpec spec) {
        if (sized.isEmpty()) {
            first.warmUp(spec, Math.max(1, spec.fixedRows()));
        }
        sized.forEach((rows, session) -> session.warmUp(spec, rows));
    }

    @Override
    public void close() {
        sized.put(0, first);
        boolean lost = staging.lost().isPresent();
        sized.values().stream().distinct().forEach(lost ? OrtSession::abandon : OrtSession::close);
    }
}
