/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

import java.nio.ByteBuffer;

/**
 * A run of muxed bytes: a fragment of MP4, a cluster of WebM, some packets of MPEG-TS. Chunks are for the web, for storage
 * and for other processes; a consumer that sends the newest {@link #init()} chunk and then goes on from a
 * {@link #keyframe()} chunk has a playable stream.
 */
public final class Chunk extends Sample {

    private Chunk(Builder builder) {
        super(builder);
    }

    public static Builder over(Memory memory) {
        return new Builder(memory);
    }

    /** Initialisation data (MP4 {@code ftyp+moov}, a WebM header); precedes all media, and is sent again when it changes. */
    public boolean init() {
        return (flags() & INIT) != 0;
    }

    /** The bytes, read-only; valid during the call or while retained. */
    public ByteBuffer data() {
        return memory().plane(0);
    }

    public long size() {
        return memory().size(0);
    }

    @Override
    public SampleType type() {
        return SampleType.CHUNK;
    }

    /** Another header over the same memory; {@link #retain()} this chunk before building, for the new header. */
    public Builder toBuilder() {
        return new Builder(memory()).like(this);
    }

    @Override
    public String toString() {
        return "chunk " + stamp() + (init() ? " init " : " ") + size() + " bytes";
    }

    /** Builds chunks. */
    public static final class Builder extends Sample.Builder<Builder, Chunk> {

        private Builder(Memory memory) {
            super(memory);
        }

        public Builder init(boolean init) {
            return flag(INIT, init);
        }

        @Override
        public Chunk build() {
            return new Chunk(this);
        }
    }
}
