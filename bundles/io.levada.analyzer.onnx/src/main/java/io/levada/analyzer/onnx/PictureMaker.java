/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.media.VideoFrame;
import io.levada.api.stage.StageException;

/** Brings pictures of one format into the form of a model's input. For one thread at a time. */
interface PictureMaker extends AutoCloseable {

    /** Fills a row, which is placed as the picture lies in it. */
    void fill(Row row, VideoFrame frame) throws StageException;

    /** How many pictures a device still works on; any thread. */
    default int pending() {
        return 0;
    }

    @Override
    default void close() {}
}
