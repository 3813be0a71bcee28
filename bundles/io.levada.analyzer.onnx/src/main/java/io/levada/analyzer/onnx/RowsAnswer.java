/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import java.util.concurrent.atomic.AtomicInteger;

/** An answer in native memory, which goes when all its rows were read. */
abstract class RowsAnswer implements Answer {

    private final AtomicInteger readers;

    RowsAnswer(int rows) {
        readers = new AtomicInteger(rows);
    }

    @Override
    public final void release() {
        if (readers.decrementAndGet() == 0) {
            free();
        }
    }

    abstract void free();
}
