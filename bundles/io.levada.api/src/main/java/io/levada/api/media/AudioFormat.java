/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

import java.util.List;

/**
 * Decoded audio follows.
 */
public final class AudioFormat implements Format {

    private final int sampleRate;
    private final SampleFormat sampleFormat;
    private final int channels;
    private final String channelLayout;
    private final TimeBase timeBase;

    private AudioFormat(Builder builder) {
        this.sampleRate = builder.sampleRate;
        this.sampleFormat = builder.sampleFormat;
        this.channels = builder.channels;
        this.channelLayout = builder.channelLayout;
        this.timeBase = builder.timeBase;
    }

    public static Builder of(int sampleRate, int channels, SampleFormat sampleFormat) {
        return new Builder()
                .sampleRate(sampleRate)
                .channels(channels)
                .sampleFormat(sampleFormat)
                .timeBase(new TimeBase(1, sampleRate));
    }

    /** Samples a second. */
    public int sampleRate() {
        return sampleRate;
    }

    /** How samples lie in memory. */
    public SampleFormat sampleFormat() {
        return sampleFormat;
    }

    /** Number of channels. */
    public int channels() {
        return channels;
    }

    /** FFmpeg's name of the layout, such as {@code stereo} or {@code 5.1}; empty if only the count is known. */
    public String channelLayout() {
        return channelLayout;
    }

    /** The unit of pts and duration. */
    @Override
    public TimeBase timeBase() {
        return timeBase;
    }

    @Override
    public MediaKind kind() {
        return MediaKind.AUDIO;
    }

    @Override
    public SampleType type() {
        return SampleType.FRAME;
    }

    /** A builder that starts from this format. */
    public Builder toBuilder() {
        var builder = new Builder();
        builder.sampleRate = sampleRate;
        builder.sampleFormat = sampleFormat;
        builder.channels = channels;
        builder.channelLayout = channelLayout;
        builder.timeBase = timeBase;
        return builder;
    }

    private List<Object> content() {
        return List.of(sampleRate, sampleFormat, channels, channelLayout, timeBase);
    }

    @Override
    public boolean equals(Object object) {
        return this == object
                || object instanceof AudioFormat other && content().equals(other.content());
    }

    @Override
    public int hashCode() {
        return content().hashCode();
    }

    @Override
    public String toString() {
        return sampleRate + " Hz " + (channelLayout.isEmpty() ? channels + " channels" : channelLayout) + " "
                + sampleFormat;
    }

    /** Builds formats; what is not set is unknown. */
    public static final class Builder {

        private int sampleRate;
        private SampleFormat sampleFormat = SampleFormat.FLTP;
        private int channels;
        private String channelLayout = "";
        private TimeBase timeBase = TimeBase.NANOS;

        private Builder() {}

        public Builder sampleRate(int sampleRate) {
            this.sampleRate = sampleRate;
            return this;
        }

        public Builder sampleFormat(SampleFormat sampleFormat) {
            this.sampleFormat = sampleFormat;
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

        public Builder timeBase(TimeBase timeBase) {
            this.timeBase = timeBase;
            return this;
        }

        public AudioFormat build() {
            return new AudioFormat(this);
        }
    }
}
