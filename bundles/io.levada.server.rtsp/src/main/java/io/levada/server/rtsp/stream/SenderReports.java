/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** RTCP of the sending side (RFC 3550, 6.4.1, 6.5, 6.6): compound packets behind an interleaved header. */
public final class SenderReports {

    private static final int SR = 200;
    private static final int SDES = 202;
    private static final int BYE = 203;
    private static final int VERSION_ONE_SOURCE = 0x81;
    private static final int VERSION_NO_REPORT = 0x80;
    private static final int CNAME = 1;

    /** Seconds from 1900 to 1970. */
    private static final long NTP_EPOCH = 2_208_988_800L;

    private static final long SECOND = 1_000_000_000L;

    private final ByteBufAllocator allocator;
    private final byte[] cname;

    SenderReports(ByteBufAllocator allocator, String cname) {
        this.allocator = allocator;
        this.cname = cname.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * A sender report with the source's description.
     *
     * @param wallTime an instant, nanoseconds since 1970
     * @param time the same instant on the stream's time line
     */
    RtpBatch report(TrackDescription track, long packets, long octets, long wallTime, long time) {
        var frame = begin(track);
        report(frame, track, packets, octets, wallTime, time);
        describe(frame, track);
        return end(track, frame);
    }

    /** The same, saying that the source leaves. */
    RtpBatch bye(TrackDescription track, long packets, long octets, long wallTime, long time) {
        var frame = begin(track);
        report(frame, track, packets, octets, wallTime, time);
        describe(frame, track);
        frame.writeByte(VERSION_ONE_SOURCE).writeByte(BYE).writeShort(1).writeInt(track.ssrc());
        return end(track, frame);
    }

    private ByteBuf begin(TrackDescription track) {
        return allocator
                .directBuffer(128)
                .writeByte('$')
                .writeByte(RtpBatch.channel(track.id()) + 1)
                .writeShort(0);
    }

    private static RtpBatch end(TrackDescription track, ByteBuf frame) {
        frame.setShort(2, frame.readableBytes() - RtpBatch.PREFIX);
        return RtpBatch.rtcp(track.id(), frame);
    }

    private static void report(
            ByteBuf frame, TrackDescription track, long packets, long octets, long wallTime, long time) {
        frame.writeByte(VERSION_NO_REPORT).writeByte(SR).writeShort(6).writeInt(track.ssrc());
        frame.writeLong(ntp(Math.floorDiv(wallTime, SECOND), Math.floorMod(wallTime, SECOND)));
        frame.writeInt(track.origin() + ticks(time, track.media().clockRate()));
        frame.writeInt((int) packets).writeInt((int) octets);
    }

    /** The middle of an NTP timestamp, by which receivers name a report (RFC 3550, 4). */
    public static int shortNtp(Instant instant) {
        return (int) (ntp(instant.getEpochSecond(), instant.getNano()) >>> 16);
    }

    private static long ntp(long epochSecond, long nanos) {
        return epochSecond + NTP_EPOCH << 32 | (nanos << 32) / SECOND;
    }

    /** A time line's nanoseconds in ticks of an RTP clock, modulo 2^32. */
    static int ticks(long time, int clockRate) {
        return BigInteger.valueOf(time)
                .multiply(BigInteger.valueOf(clockRate))
                .divide(BigInteger.valueOf(SECOND))
                .intValue();
    }

    private void describe(ByteBuf frame, TrackDescription track) {
        int length = 4 + 2 + cname.length + 1;
        int padding = -length & 3;
        frame.writeByte(VERSION_ONE_SOURCE).writeByte(SDES).writeShort((length + padding) / 4);
        frame.writeInt(track.ssrc());
        frame.writeByte(CNAME).writeByte(cname.length).writeBytes(cname);
        frame.writeZero(1 + padding);
    }
}
