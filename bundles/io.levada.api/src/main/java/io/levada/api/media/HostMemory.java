/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Host memory over direct buffers, for stages written in Java alone. Fill {@link #writable} before the first sample is
 * emitted. {@link HostMemoryPool} recycles them.
 */
public class HostMemory extends Memory {

    /** What vector instructions of native consumers ask for, at the beginning and as readable bytes behind the end. */
    private static final int ALIGNMENT = 64;

    private final ByteBuffer[] writable;
    private final ByteBuffer[] readable;

    private HostMemory(ByteBuffer[] planes) {
        this(planes, 1);
    }

    HostMemory(ByteBuffer[] planes, int references) {
        super(references);
        this.writable = planes;
        this.readable = new ByteBuffer[planes.length];
        for (int i = 0; i < planes.length; i++) {
            readable[i] = planes[i].asReadOnlyBuffer().order(ByteOrder.nativeOrder());
        }
    }

    /** New memory with a plane of each size; each begins at a multiple of 64 bytes. */
    public static HostMemory allocate(int... sizes) {
        return new HostMemory(buffers(sizes));
    }

    /** Memory over buffers of the caller's, from index 0 to their limits; they are not copied. */
    public static HostMemory over(ByteBuffer... planes) {
        return new HostMemory(Arrays.stream(planes)
                .map(plane -> plane.duplicate()
                        .order(ByteOrder.nativeOrder())
                        .rewind()
                        .slice()
                        .order(ByteOrder.nativeOrder()))
                .toArray(ByteBuffer[]::new));
    }

    static ByteBuffer[] buffers(int... sizes) {
        return Arrays.stream(sizes)
                .mapToObj(size -> ByteBuffer.allocateDirect(Math.addExact(size, 2 * ALIGNMENT))
                        .alignedSlice(ALIGNMENT)
                        .slice(0, size)
                        .order(ByteOrder.nativeOrder()))
                .toArray(ByteBuffer[]::new);
    }

    /** The plane for writing; only its maker may, and only before the first sample over it is emitted. */
    public final ByteBuffer writable(int plane) {
        return writable[plane];
    }

    @Override
    public final Kind kind() {
        return Kind.HOST;
    }

    @Override
    public final int planes() {
        return readable.length;
    }

    @Override
    public final long size(int plane) {
        return readable[plane].limit();
    }

    /** 0: a Java buffer's address is not for others to use. */
    @Override
    public final long address(int plane) {
        return 0;
    }

    @Override
    public final ByteBuffer plane(int plane) {
        return readable[plane];
    }

    /** Nothing to do: the garbage collector frees the buffers. */
    @Override
    protected void deallocate() {}
}
