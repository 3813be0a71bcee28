/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

import java.nio.ByteBuffer;

/** A run of decoded audio samples; planar formats have one memory plane per channel, packed ones a single plane. */
public final class AudioFrame extends Sample {

    private final AudioFormat format;
    private final int samples;

    private AudioFrame(Builder builder) {
        super(builder);
        this.format = builder.format;
        this.samples = builder.samples;
    }

    /** @param samples samples per channel */
    public static Builder over(Memory memory, AudioFormat format, int samples) {
        return new Builder(memory, format, samples);
    }

    public AudioFormat format() {
        return format;
    }

    /** Samples per channel. */
    public int samples() {
        return samples;
    }

    /** The plane's bytes, read-only, in native byte order; valid during the call or while retained. */
    public ByteBuffer plane(int plane) {
        return memory().plane(plane);
    }

    @Override
    public SampleType type() {
        return SampleType.FRAME;
    }

    /** Another header over the same memory; {@link #retain()} this frame before building, for the new header. */
    public Builder toBuilder() {
        return new Builder(memory(), format, samples).like(this);
    }

    @Override
    public String toString() {
        return "audio " + stamp() + " " + format + " " + samples + " samples";
    }

    /** Builds frames. */
    public static final class Builder extends Sample.Builder<Builder, AudioFrame> {

        private AudioFormat format;
        private int samples;

        private Builder(Memory memory, AudioFormat format, int samples) {
            super(memory);
            layout(format, samples);
        }

        public Builder layout(AudioFormat format, int samples) {
            this.format = format;
            this.samples = samples;
            return this;
        }

        @Override
        public AudioFrame build() {
            return new AudioFrame(this);
        }
    }
}
