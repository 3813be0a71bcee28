/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.media.AudioFormat;
import io.levada.api.media.AudioFrame;
import io.levada.api.media.SampleFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.LongToDoubleFunction;
import java.util.stream.IntStream;

/** Builds audio frames that follow each other without a gap; the caller owns one reference of each. */
public final class AudioFrames {

    private static final String SOURCE = "test/source:audio";

    private final AudioFormat format;
    private int epoch;
    private long position;

    private AudioFrames(AudioFormat format) {
        Stamps.trackMemory();
        this.format = format;
    }

    /** 48 kHz stereo in planar floats. */
    public static AudioFrames stereo() {
        return of(AudioFormat.of(48_000, 2, SampleFormat.FLTP)
                .channelLayout("stereo")
                .build());
    }

    public static AudioFrames of(AudioFormat format) {
        return new AudioFrames(format);
    }

    public AudioFormat format() {
        return format;
    }

    /** The epoch in the stamps. */
    public AudioFrames epoch(int epoch) {
        this.epoch = epoch;
        return this;
    }

    /** The place of the next frame, in samples since the start. */
    public AudioFrames at(long position) {
        this.position = position;
        return this;
    }

    /** A tone of half amplitude, in phase from frame to frame. */
    public AudioFrame sine(double hertz, int samples) {
        double step = 2 * Math.PI * hertz / format.sampleRate();
        return of(samples, i -> 0.5 * Math.sin(step * i));
    }

    public AudioFrame silence(int samples) {
        return of(samples, i -> 0);
    }

    /** A wave from -1 to 1 by the number of the sample since the start, the same on all channels. */
    public AudioFrame of(int samples, LongToDoubleFunction wave) {
        var layout = format.sampleFormat();
        int planes = layout.planar() ? format.channels() : 1;
        int perPlane = layout.planar() ? 1 : format.channels();
        var memory = Stamps.memory(IntStream.range(0, planes)
                .map(plane -> samples * perPlane * layout.bytes())
                .toArray());
        for (int plane = 0; plane < planes; plane++) {
            var bytes = memory.writable(plane).duplicate().order(ByteOrder.nativeOrder());
            for (int i = 0; i < samples * perPlane; i++) {
                put(bytes, wave.applyAsDouble(position + i / perPlane));
            }
        }
        long pts = format.timeBase().fromNanos(Math.round(position * 1e9 / format.sampleRate()));
        long duration = format.timeBase().fromNanos(Math.round(samples * 1e9 / format.sampleRate()));
        position += samples;
        return AudioFrame.over(memory, format, samples)
                .stamp(Stamps.at(SOURCE, epoch, format.timeBase(), pts))
                .pts(pts)
                .duration(duration)
                .keyframe(true)
                .build();
    }

    private void put(ByteBuffer bytes, double value) {
        switch (format.sampleFormat()) {
            case U8, U8P -> bytes.put((byte) Math.round(128 + 127 * value));
            case S16, S16P -> bytes.putShort((short) Math.round(Short.MAX_VALUE * value));
            case S32, S32P -> bytes.putInt((int) Math.round(Integer.MAX_VALUE * value));
            case S64, S64P -> bytes.putLong(Math.round(Long.MAX_VALUE * value));
            case FLT, FLTP -> bytes.putFloat((float) value);
            case DBL, DBLP -> bytes.putDouble(value);
        }
    }
}
