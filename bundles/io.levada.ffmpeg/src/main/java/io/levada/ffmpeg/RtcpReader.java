/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import java.nio.ByteBuffer;

/**
 * Takes compound RTCP packets apart (RFC 3550, 6). What is damaged anywhere tells nothing (A.2); parts of unknown types are
 * passed over, and so is what does not begin with a report (RFC 5506).
 */
public final class RtcpReader {

    private static final int VERSION = 2;
    private static final int SR = 200;
    private static final int RR = 201;
    private static final int BYE = 203;

    /** Those that RTCP keeps to itself (RFC 5761, 4). */
    private static final int FIRST_TYPE = 192;

    private static final int LAST_TYPE = 223;

    private static final int HEADER = 4;
    private static final int SSRC = 4;
    private static final int SENDER_INFO = 20;
    private static final int BLOCK = 24;

    /**
     * What a receiver tells of a source (RFC 3550, 6.4.1).
     *
     * @param reporter the receiver, its SSRC
     * @param fractionLost packets lost since its last report, of 256
     * @param lost packets lost so far; below 0 where some came twice
     * @param jitter interarrival jitter in ticks of the source's RTP clock
     * @param lastReport the middle of the NTP timestamp of the last sender report that it had; 0 for none
     * @param delay since it had that, in 1/65536 seconds
     */
    public record Block(int reporter, int source, int fractionLost, int lost, long jitter, int lastReport, int delay) {}

    /** Who is told. */
    public interface Listener {

        /** @param ntp an instant in 2^-32 seconds since 1900 */
        default void senderReport(int ssrc, long ntp, int timestamp) {}

        default void block(Block block) {}

        default void bye(int ssrc) {}
    }

    private RtcpReader() {}

    /** Whether a packet that begins with these two bytes, unsigned, is RTCP, on whichever port or channel it came. */
    public static boolean begins(int first, int second) {
        return first >> 6 == VERSION && second >= FIRST_TYPE && second <= LAST_TYPE;
    }

    /** Reads what lies between position and limit, big endian; nobody is told anything of what is damaged. */
    public static void read(ByteBuffer packet, Listener listener) {
        if (!valid(packet)) {
            return;
        }
        for (int at = packet.position(); at < packet.limit(); at += length(packet, at)) {
            int body = at + HEADER;
            switch (type(packet, at)) {
                case SR -> {
                    listener.senderReport(packet.getInt(body), packet.getLong(body + 4), packet.getInt(body + 12));
                    blocks(packet, at, body + SSRC + SENDER_INFO, listener);
                }
                case RR -> blocks(packet, at, body + SSRC, listener);
                case BYE -> {
                    for (int i = 0; i < count(packet, at); i++) {
                        listener.bye(packet.getInt(body + SSRC * i));
                    }
                }
                default -> {}
            }
        }
    }

    /** RFC 3550, A.2, and room for all that each part says it has. */
    private static boolean valid(ByteBuffer packet) {
        int at = packet.position();
        while (packet.limit() - at >= HEADER) {
            int length = length(packet, at);
            int needed =
                    switch (type(packet, at)) {
                        case SR -> SSRC + SENDER_INFO + count(packet, at) * BLOCK;
                        case RR -> SSRC + count(packet, at) * BLOCK;
                        case BYE -> count(packet, at) * SSRC;
                        default -> 0;
                    };
            if (!begins(packet.get(at) & 0xff, type(packet, at))
                    || length < HEADER + needed
                    || length > packet.limit() - at) {
                return false;
            }
            at += length;
        }
        return at == packet.limit();
    }

    private static int type(ByteBuffer packet, int at) {
        return packet.get(at + 1) & 0xff;
    }

    private static int count(ByteBuffer packet, int at) {
        return packet.get(at) & 0x1f;
    }

    private static int length(ByteBuffer packet, int at) {
        return 4 * ((packet.getShort(at + 2) & 0xffff) + 1);
    }

    private static void blocks(ByteBuffer packet, int part, int start, Listener listener) {
        int reporter = packet.getInt(part + HEADER);
        for (int i = 0, at = start; i < count(packet, part); i++, at += BLOCK) {
            int losses = packet.getInt(at + 4);
            listener.block(new Block(
                    reporter,
                    packet.getInt(at),
                    losses >>> 24,
                    losses << 8 >> 8,
                    packet.getInt(at + 12) & 0xffffffffL,
                    packet.getInt(at + 16),
                    packet.getInt(at + 20)));
        }
    }
}
