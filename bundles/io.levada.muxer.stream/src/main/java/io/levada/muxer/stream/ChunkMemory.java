/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.stream;

import io.levada.api.media.LeakDetector;
import io.levada.api.media.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/** Host memory that a muxer fills piece by piece and then seals; recycled by its {@link ChunkPool}. */
final class ChunkMemory extends Memory {

    private static final byte POISON = (byte) 0xDB;

    private final ChunkPool pool;
    private final ByteBuffer bytes;
    private ByteBuffer sealed;

    ChunkMemory(ChunkPool pool, int capacity) {
        super(0);
        this.pool = pool;
        this.bytes = ByteBuffer.allocateDirect(capacity).order(ByteOrder.nativeOrder());
    }

    /** Given out again, empty, with one reference. */
    ChunkMemory again() {
        bytes.clear();
        revive();
        return this;
    }

    int capacity() {
        return bytes.capacity();
    }

    int room() {
        return bytes.remaining();
    }

    int filled() {
        return bytes.position();
    }

    void append(ByteBuffer more) {
        bytes.put(more);
    }

    /** What was appended so far, for a copy into something larger. */
    ByteBuffer soFar() {
        return bytes.duplicate().flip();
    }

    /** Nothing is appended any more: it can be emitted. */
    ChunkMemory seal() {
        sealed = bytes.duplicate().flip().slice().asReadOnlyBuffer().order(ByteOrder.nativeOrder());
        return this;
    }

    @Override
    public Kind kind() {
        return Kind.HOST;
    }

    @Override
    public int planes() {
        return 1;
    }

    @Override
    public long size(int plane) {
        return sealed.limit();
    }

    @Override
    public long address(int plane) {
        return 0;
    }

    @Override
    public ByteBuffer plane(int plane) {
        Objects.checkIndex(plane, 1);
        return sealed;
    }

    @Override
    protected void deallocate() {
        sealed = null;
        if (LeakDetector.level() == LeakDetector.Level.ALL) {
            bytes.clear();
            while (bytes.hasRemaining()) {
                bytes.put(POISON);
            }
        }
        pool.back(this);
    }
}
