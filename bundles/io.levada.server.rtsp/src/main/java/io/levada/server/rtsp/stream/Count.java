/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A figure that one event loop adds to and any thread reads; an addition is a plain memory write. */
final class Count {

    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Count.class, "value", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private long value;

    void add(long amount) {
        VALUE.setOpaque(this, value + amount);
    }

    long value() {
        return (long) VALUE.getOpaque(this);
    }
}
