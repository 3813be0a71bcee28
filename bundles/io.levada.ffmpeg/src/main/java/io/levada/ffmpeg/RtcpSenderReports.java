/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;

/**
 * Writes RTCP of the sending side (RFC 3550, 6.4.1, 6.5, 6.6) as compound packets. All its sources have one canonical name,
 * by which a receiver knows that they belong together. Thread-safe.
 */
public final class RtcpSenderReports {

    /** No packet has more. */
    public static final int MOST_BYTES = 128;

    private static final int SR = 200;
    private static final int SDES = 202;
    private static final int BYE = 203;
    private static final int VERSION_ONE_SOURCE = 0x81;
    private static final int VERSION_NO_REPORT = 0x80;
    private static final int CNAME = 1;
    private static final int CNAME_BYTES = 8;

    /** Seconds from 1900 to 1970. */
    private static final long NTP_EPOCH = 2_208_988_800L;

    private static final long SECOND = 1_000_000_000L;

    /**
     * What a report says of its source (RFC 3550, 6.4.1).
     *
     * @param ssrc the source
     * @param wallTime an instant, nanoseconds since 1970
     * @param timestamp the same instant by the source's RTP clock
     * @param packets RTP packets sent so far
     * @param octets bytes of payload in them
     */
    public record SenderInfo(int ssrc, long wallTime, int timestamp, long packets, long octets) {}

    private final byte[] name;

    /** With a name that says nothing about the host (RFC 7022). */
    public RtcpSenderReports() {
        var random = new byte[CNAME_BYTES];
        new SecureRandom().nextBytes(random);
        name = HexFormat.of().formatHex(random).getBytes(StandardCharsets.US_ASCII);
    }

    /** The wall clock as reports have it, nanoseconds since 1970. */
    public static long wallTime() {
        var now = Instant.now();
        return now.getEpochSecond() * SECOND + now.getNano();
    }

    /** An instant as a 64-bit NTP timestamp (RFC 3550, 4). */
    private static long ntp(long wallTime) {
        long second = Math.floorDiv(wallTime, SECOND) + NTP_EPOCH;
        return second << 32 | (Math.floorMod(wallTime, SECOND) << 32) / SECOND;
    }

    /** The middle of that, by which receivers name a report. */
    public static int shortNtp(long wallTime) {
        return (int) (ntp(wallTime) >>> 16);
    }

    /** Nanoseconds in ticks of an RTP clock, modulo 2^32. */
    public static int ticks(long nanos, int clockRate) {
        return BigInteger.valueOf(nanos)
                .multiply(BigInteger.valueOf(clockRate))
                .divide(BigInteger.valueOf(SECOND))
                .intValue();
    }

    /** Writes a sender report with the source's description at the buffer's position, big endian. */
    public void report(SenderInfo info, ByteBuffer into) {
        into.put((byte) VERSION_NO_REPORT).put((byte) SR).putShort((short) 6).putInt(info.ssrc());
        into.putLong(ntp(info.wallTime()));
        into.putInt(info.timestamp()).putInt((int) info.packets()).putInt((int) info.octets());
        describe(info.ssrc(), into);
    }

    private void describe(int ssrc, ByteBuffer into) {
        int length = 4 + 2 + name.length + 1;
        int padding = -length & 3;
        into.put((byte) VERSION_ONE_SOURCE).put((byte) SDES).putShort((short) ((length + padding) / 4));
        into.putInt(ssrc).put((byte) CNAME).put((byte) name.length).put(name);
        for (int i = 0; i < 1 + padding; i++) {
            into.put((byte) 0);
        }
    }

    /** The same, saying that the source leaves. */
    public void bye(SenderInfo info, ByteBuffer into) {
        report(info, into);
        into.put((byte) VERSION_ONE_SOURCE).put((byte) BYE).putShort((short) 1).putInt(info.ssrc());
    }
}
