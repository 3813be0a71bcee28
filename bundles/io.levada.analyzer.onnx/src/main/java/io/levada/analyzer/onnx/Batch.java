/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;

/** Inputs of one run, side by side. Under the lock of its runner, but for the elements, which whoever has a row writes. */
final class Batch {

    final BatchRunner runner;
    final int rowBytes;
    final BytePointer memory;
    final ByteBuffer elements;
    final List<Row> rows = new ArrayList<>();
    int committed;
    /** When it runs although it is not full, by {@link System#nanoTime}. */
    long deadline;

    Batch(BatchRunner runner, int rows, int rowBytes) {
        this.runner = runner;
        this.rowBytes = rowBytes;
        this.memory = new BytePointer(Math.multiplyExact((long) rows, rowBytes));
        this.elements = memory.asByteBuffer().order(ByteOrder.nativeOrder());
    }

    void empty() {
        rows.clear();
        committed = 0;
    }
}
