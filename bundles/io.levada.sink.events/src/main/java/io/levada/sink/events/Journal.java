/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.sink.events;

import io.levada.api.stage.StageException;
import java.nio.ByteBuffer;

/** Where lines go. Used by one thread at a time. */
interface Journal {

    /**
     * Takes a line.
     *
     * @param line UTF-8 with the line feed at its end, valid during the call
     */
    void append(ByteBuffer line) throws StageException;

    /** All lines are on the disk when it returns. */
    void force() throws StageException;

    void close() throws StageException;
}
