/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.publish;

import io.netty.buffer.ByteBuf;

/** What a sender is told by RTCP (RFC 3550, 6.4.2), and the clock that it tells. */
final class Rtcp {

    private static final int RR = 201;
    private static final int SDES = 202;
    private static final int BLOCK_WORDS = 6;
    private static final int CNAME = 1;
    private static final byte[] NAME = "levada".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    /** Seconds from 1900 to 1970. */
    private static final long NTP_EPOCH = 2_208_988_800L;

    private Rtcp() {}

    /** Nanoseconds since 1970. */
    static long wallTime(long ntp) {
        return ((ntp >>> 32) - NTP_EPOCH) * 1_000_000_000L + ((ntp & 0xffffffffL) * 1_000_000_000L >>> 32);
    }

    /** A receiver's report on one source, with the description that has to be with it (RFC 3550, 6.1). */
    static void report(ByteBuf out, int ssrc, Reception reception, long nanos) {
        out.writeByte(0x81).writeByte(RR).writeShort(1 + BLOCK_WORDS).writeInt(ssrc);
        reception.report(out, nanos);
        int length = 4 + 2 + NAME.length + 1;
        int padding = -length & 3;
        out.writeByte(0x81).writeByte(SDES).writeShort((length + padding) / 4).writeInt(ssrc);
        out.writeByte(CNAME).writeByte(NAME.length).writeBytes(NAME).writeZero(1 + padding);
    }
}
