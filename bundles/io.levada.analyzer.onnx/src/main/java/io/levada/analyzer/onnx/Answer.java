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

    /**
     * The boxes of a row, where they were chosen on a device: then there are no outputs here.
     *
     * @param into gets them, best first
     * @return whether they were
     */
    default boolean boxes(int row, Boxes into) {
        return false;
    }

    /** A row has been read; with the last one the native memory goes. Once for each row; any thread. */
    void release();
}
