/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** The one argument of a kernel that takes a struct by value; written anew for each launch. One thread at a time. */
public final class KernelArguments implements AutoCloseable {

    private final BytePointer struct;
    private final ByteBuffer bytes;
    private final PointerPointer<Pointer> parameters;

    /** @param size of the struct in bytes, its padding included */
    public KernelArguments(int size) {
        struct = new BytePointer(size);
        bytes = struct.asByteBuffer().order(ByteOrder.nativeOrder());
        parameters = new PointerPointer<>(new Pointer[] {struct});
    }

    /** The struct's bytes; put its fields at C's offsets. */
    public ByteBuffer struct() {
        return bytes;
    }

    PointerPointer<Pointer> parameters() {
        return parameters;
    }

    @Override
    public void close() {
        parameters.close();
        struct.close();
    }
}
