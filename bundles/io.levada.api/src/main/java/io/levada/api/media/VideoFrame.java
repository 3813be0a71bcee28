/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** One decoded picture in {@link PixelFormat} layout; top row first. */
public final class VideoFrame extends Sample {

    private final VideoFormat format;
    private final int[] strides;

    private VideoFrame(Builder builder) {
        super(builder);
        this.format = builder.format;
        this.strides = builder.strides;
    }

    /**
     * A frame over the given memory, one plane for each of the format's.
     *
     * @param strides bytes from one row to the next, one per plane; kept, not copied, so a stage can share one array among
     *     all its frames and must not change it
     */
    public static Builder over(Memory memory, VideoFormat format, int... strides) {
        return new Builder(memory, format, strides);
    }

    public VideoFormat format() {
        return format;
    }

    public int width() {
        return format.width();
    }

    public int height() {
        return format.height();
    }

    /** Bytes from one row of the plane to the next. */
    public int stride(int plane) {
        return strides[plane];
    }

    /** The plane's bytes, read-only, for frames in host memory; valid during the call or while retained. */
    public ByteBuffer plane(int plane) {
        return memory().plane(plane);
    }

    @Override
    public SampleType type() {
        return SampleType.FRAME;
    }

    /** Another header over the same memory; {@link #retain()} this frame before building, for the new header. */
    public Builder toBuilder() {
        return new Builder(memory(), format, strides).like(this);
    }

    @Override
    public String toString() {
        return "frame " + stamp() + " " + format + " strides " + Arrays.toString(strides);
    }

    /** Builds frames. */
    public static final class Builder extends Sample.Builder<Builder, VideoFrame> {

        private VideoFormat format;
        private int[] strides;

        private Builder(Memory memory, VideoFormat format, int... strides) {
            super(memory);
            layout(format, strides);
        }

        /** The memory lies as before, but the format says something else of it. */
        public Builder format(VideoFormat format) {
            this.format = format;
            return this;
        }

        /** @param strides kept, not copied */
        public Builder layout(VideoFormat format, int... strides) {
            this.format = format;
            this.strides = strides;
            return this;
        }

        @Override
        public VideoFrame build() {
            return new VideoFrame(this);
        }
    }
}
