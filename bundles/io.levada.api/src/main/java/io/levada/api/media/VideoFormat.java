/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

import java.util.List;

/**
 * Decoded pictures follow.
 */
public final class VideoFormat implements Format {

    private final int width;
    private final int height;
    private final PixelFormat pixelFormat;
    private final Memory.Kind memory;
    private final int device;
    private final Rational frameRate;
    private final Rational sampleAspectRatio;
    private final String colorRange;
    private final String colorSpace;
    private final String colorPrimaries;
    private final String colorTransfer;
    private final TimeBase timeBase;

    private VideoFormat(Builder builder) {
        this.width = builder.width;
        this.height = builder.height;
        this.pixelFormat = builder.pixelFormat;
        this.memory = builder.memory;
        this.device = builder.device;
        this.frameRate = builder.frameRate;
        this.sampleAspectRatio = builder.sampleAspectRatio;
        this.colorRange = builder.colorRange;
        this.colorSpace = builder.colorSpace;
        this.colorPrimaries = builder.colorPrimaries;
        this.colorTransfer = builder.colorTransfer;
        this.timeBase = builder.timeBase;
    }

    public static Builder of(int width, int height, PixelFormat pixelFormat) {
        return new Builder().width(width).height(height).pixelFormat(pixelFormat);
    }

    /** Pixels in a row. */
    public int width() {
        return width;
    }

    /** Rows. */
    public int height() {
        return height;
    }

    /** How a picture lies in memory (for device memory: what it holds there). */
    public PixelFormat pixelFormat() {
        return pixelFormat;
    }

    /** Where the pictures live. */
    public Memory.Kind memory() {
        return memory;
    }

    /** The device's index for device memory. */
    public int device() {
        return device;
    }

    /** Frames a second, or unknown where it varies. */
    public Rational frameRate() {
        return frameRate;
    }

    /** Width to height of a pixel. */
    public Rational sampleAspectRatio() {
        return sampleAspectRatio;
    }

    /** FFmpeg's name: {@code tv} (limited), {@code pc} (full) or {@code unknown}. */
    public String colorRange() {
        return colorRange;
    }

    /** FFmpeg's name of the matrix: {@code bt709}, {@code smpte170m}, ... or {@code unknown}. */
    public String colorSpace() {
        return colorSpace;
    }

    /** FFmpeg's name of the primaries, or {@code unknown}. */
    public String colorPrimaries() {
        return colorPrimaries;
    }

    /** FFmpeg's name of the transfer characteristic, or {@code unknown}. */
    public String colorTransfer() {
        return colorTransfer;
    }

    /** The unit of pts and duration. */
    @Override
    public TimeBase timeBase() {
        return timeBase;
    }

    @Override
    public MediaKind kind() {
        return MediaKind.VIDEO;
    }

    @Override
    public SampleType type() {
        return SampleType.FRAME;
    }

    /** A builder that starts from this format. */
    public Builder toBuilder() {
        var builder = new Builder();
        builder.width = width;
        builder.height = height;
        builder.pixelFormat = pixelFormat;
        builder.memory = memory;
        builder.device = device;
        builder.frameRate = frameRate;
        builder.sampleAspectRatio = sampleAspectRatio;
        builder.colorRange = colorRange;
        builder.colorSpace = colorSpace;
        builder.colorPrimaries = colorPrimaries;
        builder.colorTransfer = colorTransfer;
        builder.timeBase = timeBase;
        return builder;
    }

    private List<Object> content() {
        return List.of(
                width,
                height,
                pixelFormat,
                memory,
                device,
                frameRate,
                sampleAspectRatio,
                colorRange,
                colorSpace,
                colorPrimaries,
                colorTransfer,
                timeBase);
    }

    @Override
    public boolean equals(Object object) {
        return this == object
                || object instanceof VideoFormat other && content().equals(other.content());
    }

    @Override
    public int hashCode() {
        return content().hashCode();
    }

    @Override
    public String toString() {
        return width + "x" + height + " " + pixelFormat
                + (frameRate.known() ? " " + frameRate + " fps" : "")
                + (memory == Memory.Kind.HOST ? "" : " on " + memory + " " + device);
    }

    /** Builds formats; what is not set is unknown. */
    public static final class Builder {

        private int width;
        private int height;
        private PixelFormat pixelFormat = PixelFormat.YUV420P;
        private Memory.Kind memory = Memory.Kind.HOST;
        private int device;
        private Rational frameRate = Rational.UNKNOWN;
        private Rational sampleAspectRatio = Rational.ONE;
        private String colorRange = "unknown";
        private String colorSpace = "unknown";
        private String colorPrimaries = "unknown";
        private String colorTransfer = "unknown";
        private TimeBase timeBase = TimeBase.NANOS;

        private Builder() {}

        public Builder width(int width) {
            this.width = width;
            return this;
        }

        public Builder height(int height) {
            this.height = height;
            return this;
        }

        public Builder pixelFormat(PixelFormat pixelFormat) {
            this.pixelFormat = pixelFormat;
            return this;
        }

        public Builder memory(Memory.Kind memory) {
            this.memory = memory;
            return this;
        }

        public Builder device(int device) {
            this.device = device;
            return this;
        }

        public Builder frameRate(Rational frameRate) {
            this.frameRate = frameRate;
            return this;
        }

        public Builder sampleAspectRatio(Rational sampleAspectRatio) {
            this.sampleAspectRatio = sampleAspectRatio;
            return this;
        }

        public Builder colorRange(String colorRange) {
            this.colorRange = colorRange;
            return this;
        }

        public Builder colorSpace(String colorSpace) {
            this.colorSpace = colorSpace;
            return this;
        }

        public Builder colorPrimaries(String colorPrimaries) {
            this.colorPrimaries = colorPrimaries;
            return this;
        }

        public Builder colorTransfer(String colorTransfer) {
            this.colorTransfer = colorTransfer;
            return this;
        }

        public Builder timeBase(TimeBase timeBase) {
            this.timeBase = timeBase;
            return this;
        }

        public VideoFormat build() {
            return new VideoFormat(this);
        }
    }
}
