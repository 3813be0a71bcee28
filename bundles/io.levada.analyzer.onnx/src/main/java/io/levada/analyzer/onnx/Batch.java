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
    private final long bytes;
    private BytePointer memory;
    private ByteBuffer elements;
    final List<Row> rows = new ArrayList<>();
    int committed;
    /** When it runs although it is not full, by {@link System#nanoTime}. */
    long deadline;

    Batch(BatchRunner runner, int rows, int rowBytes) {
        this.runner = runner;
        this.rowBytes = rowBytes;
        this.bytes = Math.multiplyExact((long) rows, rowBytes);
    }

    /** As many as it can hold. */
    long bytes() {
        return bytes;
    }

    /** In host memory, which is made when the first row wants it: rows of a GPU's tensors need none. */
    synchronized ByteBuffer elements() {
        if (elements == null) {
            memory = new BytePointer(bytes);
            elements = memory.asByteBuffer().order(ByteOrder.nativeOrder());
        }
        return elements;
    }

    /** What {@link #elements} are in. */
    synchronized BytePointer memory() {
        elements();
        return memory;
    }

    synchronized void close() {
        if (memory != null) {
            memory.close();
        }
    }

    void empty() {
        rows.clear();
        committed = 0;
    }
}
