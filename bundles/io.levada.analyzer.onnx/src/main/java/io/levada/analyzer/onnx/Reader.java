/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.stage.EventSink;

/** Makes events of what a model put out about one picture. For one thread at a time. */
interface Reader {

    void read(Row row, Answer answer, EventSink events);

    /** Forgets what it knows of earlier pictures. */
    default void forget() {}
}
