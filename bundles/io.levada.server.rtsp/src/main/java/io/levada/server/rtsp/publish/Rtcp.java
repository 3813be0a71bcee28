/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.publish;

import io.netty.buffer.ByteBuf;

/** What a sender tells by RTCP (RFC 3550, 6), and what it is told. */
final class Rtcp {

    /** Who hears it. */
    interface Listener {

        /** @param ntp an instant in 2^-32 seconds since 1900 */
        void senderReport(int ssrc, long ntp, int timestamp);

        void bye(int ssrc);
    }

    private static final int SR = 200;
    private static final int RR = 201;
    private static final int SDES = 202;
    private static final int BYE = 203;
    private static final int HEADER = 4;
    private static final int SENDER_INFO = 24;
    private static final int BLOCK_WORDS = 6;
    private static final int CNAME = 1;
    private static final byte[] NAME = "levada".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    /** Seconds from 1900 to 1970. */
    private static final long NTP_EPOCH = 2_208_988_800L;

    private Rtcp() {}

    /** Whether it is RTCP by its second byte, on whichever port or channel it came (RFC 5761, 4). */
    static boolean is(ByteBuf packet) {
        if (packet.readableBytes() < 2) {
            return false;
        }
        int type = packet.getUnsignedByte(packet.readerIndex() + 1);
        return type >= 192 && type <= 223;
    }

    /**
     * Reads a compound packet; what is damaged ends it.
     *
     * @return whether there was anything in it
     */
    static boolean read(ByteBuf packet, Listener listener) {
        int at = packet.readerIndex();
        int end = packet.writerIndex();
        boolean any = false;
        while (end - at >= HEADER) {
            int first = packet.getUnsignedByte(at);
            int type = packet.getUnsignedByte(at + 1);
            int length = 4 * (packet.getUnsignedShort(at + 2) + 1);
            if (first >> 6 != 2 || length > end - at) {
                return any;
            }
            any = true;
            if (type == SR && length >= HEADER + SENDER_INFO) {
                listener.senderReport(packet.getInt(at + 4), packet.getLong(at + 8), packet.getInt(at + 16));
            } else if (type == BYE) {
                for (int i = 0; i < (first & 0x1f) && 4 * (i + 2) <= length; i++) {
                    listener.bye(packet.getInt(at + HEADER + 4 * i));
                }
            }
            at += length;
        }
        return any;
    }

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
