/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import java.nio.ByteBuffer;
import java.util.List;

/** What a run put out, until the last of its rows was read. */
interface Answer {

    /** The elements of an output, of all rows. */
    ByteBuffer output(int index);

    /** The shapes as they came out. */
    List<ModelPort> outputs();

    /** A row has been read; with the last one the native memory goes. Once for each row; any thread. */
    void release();
}
