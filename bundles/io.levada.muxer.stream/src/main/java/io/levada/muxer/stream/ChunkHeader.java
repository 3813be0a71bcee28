/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.stream;

import io.levada.api.media.Chunk;
import io.levada.api.media.Memory;
import io.levada.api.media.Stamp;

/** What the header of the chunk in the making will say; times are nanoseconds of running time. */
final class ChunkHeader {

    private Stamp stamp;
    private boolean keyframe;
    private long begin;
    private long end;
    private long shown;

    /** Whether there is a chunk in the making. */
    boolean open() {
        return stamp != null;
    }

    /** The first packet's stamp and decoding time, and whether one can begin with it. */
    void begin(Stamp stamp, long decoded, boolean keyframe) {
        this.stamp = stamp;
        this.keyframe = keyframe;
        begin = decoded;
        end = decoded;
        shown = Long.MAX_VALUE;
    }

    /** A packet of the leading track is in it. */
    void reach(long presented, long until) {
        shown = Math.min(shown, presented);
        end = Math.max(end, until);
    }

    long duration() {
        return end - begin;
    }

    Chunk.Builder over(Memory memory) {
        return Chunk.over(memory)
                .stamp(stamp)
                .pts(shown == Long.MAX_VALUE ? begin : shown)
                .duration(duration())
                .keyframe(keyframe);
    }

    void end() {
        stamp = null;
    }
}
