/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import io.levada.api.media.MediaKind;
import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.StageException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.OptionalInt;
import org.bytedeco.javacpp.BytePointer;

/**
 * Makes RTP packets (RFC 3550) of one track's access units by FFmpeg's packetisers. It is one RTP source: SSRC, sequence
 * numbers and timestamps go on when the format changes.
 *
 * <p>For one thread at a time; close it on any.
 */
public final class RtpPacketizer implements AutoCloseable {

    /** Where packets go. */
    @FunctionalInterface
    public interface PacketSink {

        /** One whole RTP packet between position and limit, lent for the call; it may be changed. */
        void packet(ByteBuffer packet);
    }

    /** The usual most of a packet: with the headers of UDP and IP (v6) it stays below Ethernet's 1,500. */
    public static final int PACKET_SIZE = 1400;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int MARKER_AND_TYPE = 1;
    private static final int SEQUENCE = 2;
    private static final int TIMESTAMP = 4;
    private static final int SSRC = 8;
    private static final int MARKER = 0x80;

    private final int packetSize;
    private final PacketSink sink;
    private final int origin = RANDOM.nextInt();
    private int sequence = RANDOM.nextInt(0x10000);

    /** Any thread may ask for it. */
    private volatile int ssrc = RANDOM.nextInt();

    private RtpMuxer muxer;
    private TimeBase timeBase = TimeBase.RTP_VIDEO;
    private TimeBase clock = TimeBase.RTP_VIDEO;

    /** Parameter sets that are sent before every keyframe, once they differ from what the first description said. */
    private BytePointer parameterSets;

    private boolean originKnown;
    private int muxerOrigin;

    /** Of the unit that the muxer's first packet begins with; of sound it comes only with the unit after that one. */
    private OptionalInt first = OptionalInt.empty();

    private boolean unmarked;

    public RtpPacketizer(PacketSink sink) {
        this(PACKET_SIZE, sink);
    }

    /** @param packetSize the most bytes of a packet, RTP's header included */
    public RtpPacketizer(int packetSize, PacketSink sink) {
        this.packetSize = packetSize;
        this.sink = sink;
    }

    /**
     * Packets of this format follow.
     *
     * @param inBand whether readers may know another description: then parameter sets go in band, before every keyframe
     * @return the description of what follows
     * @throws StageException when RTP, or FFmpeg for it, has no payload format for the codec; the old format stays
     */
    public RtpMedia format(PacketFormat format, boolean inBand) throws StageException {
        var sets = inBand && (format.codec().equals("h264") || format.codec().equals("hevc"))
                ? RtpParameterSets.inBand(format)
                : null;
        var next = new RtpMuxer(format, packetSize, this::patch);
        closeMuxer();
        parameterSets = sets;
        muxer = next;
        originKnown = false;
        first = OptionalInt.empty();
        timeBase = format.timeBase();
        clock = new TimeBase(1, next.media().clockRate());
        return next.media();
    }

    /**
     * Packetises one access unit.
     *
     * @param shift ticks of the RTP clock to add to the packet's times
     * @throws StageException when FFmpeg can't; the next one may go well
     */
    public void packetize(Packet unit, long shift) throws StageException {
        long pts = ticks(unit.pts() == Packet.NO_TIME ? unit.dts() : unit.pts()) + shift;
        if (first.isEmpty()) {
            first = OptionalInt.of((int) pts);
        }
        if (unit.keyframe() && parameterSets != null) {
            unmarked = true;
            try {
                muxer.write(parameterSets, pts);
            } finally {
                unmarked = false;
            }
        }
        muxer.write(unit, pts);
        if (!originKnown && muxer.media().kind() == MediaKind.VIDEO) {
            first = OptionalInt.empty(); // nothing came of it, nor will
        }
    }

    private long ticks(long time) {
        return timeBase.rescaleTo(clock, time);
    }

    /** The identity that lasts in place of the muxer's. */
    private void patch(ByteBuffer packet) {
        int start = packet.position();
        int timestamp = packet.getInt(start + TIMESTAMP);
        if (!originKnown) {
            muxerOrigin = timestamp - first.orElseThrow();
            originKnown = true;
        }
        packet.putShort(start + SEQUENCE, (short) sequence++);
        packet.putInt(start + TIMESTAMP, timestamp - muxerOrigin + origin);
        packet.putInt(start + SSRC, ssrc);
        if (unmarked) {
            packet.put(start + MARKER_AND_TYPE, (byte) (packet.get(start + MARKER_AND_TYPE) & ~MARKER));
        }
        sink.packet(packet);
    }

    /** Goes on as another source: its SSRC is somebody else's, too (RFC 3550, 8.2). Numbers and times go on. */
    public void changeSource() {
        int before = ssrc;
        while (ssrc == before) {
            ssrc = RANDOM.nextInt();
        }
    }

    /** The synchronisation source's number. */
    public int ssrc() {
        return ssrc;
    }

    /** The sequence number of the next packet, 16 bits. */
    public int nextSequence() {
        return sequence & 0xffff;
    }

    /** The RTP timestamp of time 0 of the track. */
    public int timestampOrigin() {
        return origin;
    }

    @Override
    public void close() {
        closeMuxer();
    }

    private void closeMuxer() {
        if (muxer != null) {
            muxer.close();
            muxer = null;
        }
        if (parameterSets != null) {
            parameterSets.close();
            parameterSets = null;
        }
    }
}
