/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.media.MediaKind;
import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.Rational;
import io.levada.api.media.TimeBase;

/** Builds packets with the given bytes, one after the other; the caller owns one reference of each. */
public final class Packets {

    private final TimeBase timeBase;
    private final long duration;
    private String source = Stamps.SOURCE;
    private int epoch;
    private long next;

    private Packets(TimeBase timeBase, long duration) {
        Stamps.trackMemory();
        this.timeBase = timeBase;
        this.duration = duration;
    }

    /** Packets of a track with this time base, each lasting that many ticks. */
    public static Packets of(TimeBase timeBase, long duration) {
        return new Packets(timeBase, duration);
    }

    /** A format of video packets at 25 frames a second in ticks of 1/90000 s: {@code Packets.of(TimeBase.RTP_VIDEO, 3600)}. */
    public static PacketFormat video(String codec, int width, int height) {
        return PacketFormat.of(MediaKind.VIDEO, codec)
                .width(width)
                .height(height)
                .frameRate(new Rational(25, 1))
                .timeBase(TimeBase.RTP_VIDEO)
                .build();
    }

    /** A format of audio packets in ticks of one sample: {@code Packets.of(new TimeBase(1, 48000), 1024)}. */
    public static PacketFormat audio(String codec, int sampleRate, int channels) {
        return PacketFormat.of(MediaKind.AUDIO, codec)
                .sampleRate(sampleRate)
                .channels(channels)
                .timeBase(new TimeBase(1, sampleRate))
                .build();
    }

    /** The source in the stamps. */
    public Packets source(String source) {
        this.source = source;
        return this;
    }

    /** The epoch in the stamps. */
    public Packets epoch(int epoch) {
        this.epoch = epoch;
        return this;
    }

    /** The time of the next packet, in ticks. */
    public Packets at(long pts) {
        this.next = pts;
        return this;
    }

    /** A packet from which decoding can start. */
    public Packet keyframe(byte... data) {
        return packet(true, data);
    }

    /** A packet that needs those before it. */
    public Packet delta(byte... data) {
        return packet(false, data);
    }

    private Packet packet(boolean keyframe, byte... data) {
        var memory = Stamps.memory(data.length);
        memory.writable(0).put(0, data);
        long time = next;
        next += duration;
        return Packet.over(memory)
                .stamp(Stamps.at(source, epoch, timeBase, time))
                .pts(time)
                .dts(time)
                .duration(duration)
                .keyframe(keyframe)
                .build();
    }
}
