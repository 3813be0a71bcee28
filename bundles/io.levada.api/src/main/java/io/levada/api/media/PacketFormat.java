/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/**
 * Encoded packets follow.
 *
 * <p>Codecs have FFmpeg's names. What a codec needs beyond the fields here travels in {@link #details()}.
 */
public final class PacketFormat implements Format {

    private final MediaKind kind;
    private final String codec;
    private final ByteBuffer extradata;
    private final int width;
    private final int height;
    private final Rational frameRate;
    private final Rational sampleAspectRatio;
    private final int sampleRate;
    private final int channels;
    private final String channelLayout;
    private final long bitrate;
    private final String language;
    private final Map<String, String> details;
    private final TimeBase timeBase;

    private PacketFormat(Builder builder) {
        this.kind = builder.kind;
        this.codec = builder.codec;
        this.extradata = builder.extradata;
        this.width = builder.width;
        this.height = builder.height;
        this.frameRate = builder.frameRate;
        this.sampleAspectRatio = builder.sampleAspectRatio;
        this.sampleRate = builder.sampleRate;
        this.channels = builder.channels;
        this.channelLayout = builder.channelLayout;
        this.bitrate = builder.bitrate;
        this.language = builder.language;
        this.details = builder.details;
        this.timeBase = builder.timeBase;
    }

    public static Builder of(MediaKind kind, String codec) {
        return new Builder().kind(kind).codec(codec);
    }

    /** Video, audio, ... */
    @Override
    public MediaKind kind() {
        return kind;
    }

    /** FFmpeg's name of the codec: {@code h264}, {@code hevc}, {@code aac}, {@code opus}. */
    public String codec() {
        return codec;
    }

    /** Global headers (parameter sets, AudioSpecificConfig) as FFmpeg keeps them; read-only, empty if there are none. */
    public ByteBuffer extradata() {
        return extradata.duplicate();
    }

    /** Pixels in a row, for video. */
    public int width() {
        return width;
    }

    /** Rows, for video. */
    public int height() {
        return height;
    }

    /** Frames a second, or unknown. */
    public Rational frameRate() {
        return frameRate;
    }

    /** Width to height of a pixel. */
    public Rational sampleAspectRatio() {
        return sampleAspectRatio;
    }

    /** Samples a second, for audio. */
    public int sampleRate() {
        return sampleRate;
    }

    /** Number of channels, for audio. */
    public int channels() {
        return channels;
    }

    /** FFmpeg's name of the channel layout, for audio; may be empty. */
    public String channelLayout() {
        return channelLayout;
    }

    /** Bits a second on average; 0 if not known. */
    public long bitrate() {
        return bitrate;
    }

    /** ISO 639 code of the track's language, or empty. */
    public String language() {
        return language;
    }

    /** Further codec parameters by FFmpeg's names ({@code profile}, {@code level}, {@code color_range}, {@code rotation}, ...). */
    public Map<String, String> details() {
        return details;
    }

    /** The unit of pts and duration. */
    @Override
    public TimeBase timeBase() {
        return timeBase;
    }

    @Override
    public SampleType type() {
        return SampleType.PACKET;
    }

    /** A builder that starts from this format. */
    public Builder toBuilder() {
        var builder = new Builder();
        builder.kind = kind;
        builder.codec = codec;
        builder.extradata = extradata;
        builder.width = width;
        builder.height = height;
        builder.frameRate = frameRate;
        builder.sampleAspectRatio = sampleAspectRatio;
        builder.sampleRate = sampleRate;
        builder.channels = channels;
        builder.channelLayout = channelLayout;
        builder.bitrate = bitrate;
        builder.language = language;
        builder.details = details;
        builder.timeBase = timeBase;
        return builder;
    }

    private List<Object> content() {
        return List.of(
                kind,
                codec,
                extradata,
                width,
                height,
                frameRate,
                sampleAspectRatio,
                sampleRate,
                channels,
                channelLayout,
                bitrate,
                language,
                details,
                timeBase);
    }

    @Override
    public boolean equals(Object object) {
        return this == object
                || object instanceof PacketFormat other && content().equals(other.content());
    }

    @Override
    public int hashCode() {
        return content().hashCode();
    }

    @Override
    public String toString() {
        return codec
                + (width > 0 ? " " + width + "x" + height : "")
                + (frameRate.known() ? " " + frameRate + " fps" : "")
                + (sampleRate > 0 ? " " + sampleRate + " Hz " + channels + " channels" : "");
    }

    /** Builds formats; what is not set is unknown. */
    public static final class Builder {

        private MediaKind kind = MediaKind.VIDEO;
        private String codec = "";
        private ByteBuffer extradata = ByteBuffer.allocate(0).asReadOnlyBuffer();
        private int width;
        private int height;
        private Rational frameRate = Rational.UNKNOWN;
        private Rational sampleAspectRatio = Rational.ONE;
        private int sampleRate;
        private int channels;
        private String channelLayout = "";
        private long bitrate;
        private String language = "";
        private Map<String, String> details = Map.of();
        private TimeBase timeBase = TimeBase.NANOS;

        private Builder() {}

        public Builder kind(MediaKind kind) {
            this.kind = kind;
            return this;
        }

        public Builder codec(String codec) {
            this.codec = codec;
            return this;
        }

        /** Copied. */
        public Builder extradata(ByteBuffer bytes) {
            var copy = ByteBuffer.allocate(bytes.remaining());
            copy.put(bytes.duplicate()).flip();
            this.extradata = copy.asReadOnlyBuffer();
            return this;
        }

        public Builder width(int width) {
            this.width = width;
            return this;
        }

        public Builder height(int height) {
            this.height = height;
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

        public Builder sampleRate(int sampleRate) {
            this.sampleRate = sampleRate;
            return this;
        }

        public Builder channels(int channels) {
            this.channels = channels;
            return this;
        }

        public Builder channelLayout(String channelLayout) {
            this.channelLayout = channelLayout;
            return this;
        }

        public Builder bitrate(long bitrate) {
            this.bitrate = bitrate;
            return this;
        }

        public Builder language(String language) {
            this.language = language;
            return this;
        }

        public Builder details(Map<String, String> details) {
            this.details = Map.copyOf(details);
            return this;
        }

        public Builder timeBase(TimeBase timeBase) {
            this.timeBase = timeBase;
            return this;
        }

        public PacketFormat build() {
            return new PacketFormat(this);
        }
    }
}
