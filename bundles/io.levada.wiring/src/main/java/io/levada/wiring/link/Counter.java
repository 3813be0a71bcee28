/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.link;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A figure that one thread at a time adds to and any thread reads; an addition is a plain memory write. */
public final class Counter {

    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Counter.class, "value", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private long value;

    public void add(long amount) {
        VALUE.setOpaque(this, value + amount);
    }

    public void increment() {
        add(1);
    }

    public long value() {
        return (long) VALUE.getOpaque(this);
    }
}
