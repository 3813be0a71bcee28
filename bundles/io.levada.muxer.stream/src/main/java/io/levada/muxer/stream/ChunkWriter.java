/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.stream;

import io.levada.ffmpeg.Muxer;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Gathers what the muxer writes into one memory until it is taken as a chunk: the one copy that a packet's bytes make. */
final class ChunkWriter implements Muxer.ByteSink, AutoCloseable {

    private static final int FIRST = 16 * 1024;

    private final ChunkPool pool = new ChunkPool();
    private ChunkMemory memory;
    private int usual = FIRST;
    private long total;

    @Override
    public void write(ByteBuffer bytes) {
        int more = bytes.remaining();
        if (memory == null) {
            memory = pool.take(Math.max(more, usual));
        } else if (memory.room() < more) {
            grow(memory.filled() + more);
        }
        memory.append(bytes);
        total += more;
    }

    private void grow(int needed) {
        var larger = pool.take(Math.max(needed, memory.capacity() * 2));
        larger.append(memory.soFar());
        memory.release();
        memory = larger;
    }

    /** What was written since the last time, with one reference, the caller's; empty if nothing was. */
    Optional<ChunkMemory> take() {
        if (memory == null) {
            return Optional.empty();
        }
        var taken = memory.seal();
        memory = null;
        usual = Math.max(FIRST, (int) taken.size(0));
        return Optional.of(taken);
    }

    /** Bytes in all. */
    long total() {
        return total;
    }

    /** Throws away what was not taken. */
    @Override
    public void close() {
        if (memory != null) {
            memory.seal().release();
            memory = null;
        }
    }
}
