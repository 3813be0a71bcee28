/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

import java.nio.ByteBuffer;

/** One encoded access unit: the packets of one picture, one audio frame. Its format is a {@link PacketFormat}. */
public final class Packet extends Sample {

    private final long dts;

    private Packet(Builder builder) {
        super(builder);
        this.dts = builder.dts;
    }

    /** A packet over the given memory, whose plane 0 holds the access unit in the format's bit stream syntax. */
    public static Builder over(Memory memory) {
        return new Builder(memory);
    }

    /** Decoding time in ticks of the track's time base, or {@link #NO_TIME}; rises from packet to packet. */
    public long dts() {
        return dts;
    }

    /** The access unit, read-only; valid during the call or while retained. */
    public ByteBuffer data() {
        return memory().plane(0);
    }

    public long size() {
        return memory().size(0);
    }

    @Override
    public SampleType type() {
        return SampleType.PACKET;
    }

    /** Another header over the same memory; {@link #retain()} this packet before building, for the new header. */
    public Builder toBuilder() {
        return new Builder(memory()).like(this).dts(dts);
    }

    @Override
    public String toString() {
        return "packet " + stamp() + " dts " + dts + (keyframe() ? " keyframe " : " ") + size() + " bytes";
    }

    /** Builds packets. */
    public static final class Builder extends Sample.Builder<Builder, Packet> {

        private long dts = NO_TIME;

        private Builder(Memory memory) {
            super(memory);
        }

        public Builder dts(long dts) {
            this.dts = dts;
            return this;
        }

        @Override
        public Packet build() {
            return new Packet(this);
        }
    }
}
