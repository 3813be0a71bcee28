/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import java.util.concurrent.atomic.AtomicLong;

/** What is counted of a model's runs, by all that use it. */
final class Figures {

    private final Durations durations = new Durations();
    private final AtomicLong queued = new AtomicLong();
    private volatile long batches;
    private volatile long latest;

    void queue(int change) {
        queued.addAndGet(change);
    }

    /** While a changed model takes over there are two that run. */
    synchronized void ran(int count, long nanos) {
        durations.record(nanos);
        batches++;
        latest = count;
    }

    long queued() {
        return queued.get();
    }

    long batches() {
        return batches;
    }

    /** Rows of the latest batch. */
    long latest() {
        return latest;
    }

    long micros(double percentile) {
        return durations.micros(percentile);
    }
}
