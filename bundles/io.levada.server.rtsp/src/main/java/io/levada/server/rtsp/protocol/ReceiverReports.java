/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import io.netty.buffer.ByteBuf;

/** What a reader tells by RTCP (RFC 3550, 6.4). Written by one thread; what it says may be read by any. */
final class ReceiverReports {

    private static final int VERSION = 2;
    private static final int SR = 200;
    private static final int RR = 201;
    private static final int HEADER = 4;
    private static final int SENDER_INFO = 24;
    private static final int BLOCK = 24;

    private volatile long received;
    private volatile int fractionLost;
    private volatile int lost;
    private volatile long jitter;

    /**
     * Reads a compound packet; damaged ones change nothing beyond the damage.
     *
     * @return whether it is RTCP
     */
    boolean read(ByteBuf packet) {
        int at = packet.readerIndex();
        int end = packet.writerIndex();
        boolean any = false;
        while (end - at >= HEADER) {
            int first = packet.getUnsignedByte(at);
            int type = packet.getUnsignedByte(at + 1);
            int length = 4 * (packet.getUnsignedShort(at + 2) + 1);
            if (first >> 6 != VERSION || type < SR || type > 207 || length > end - at) {
                return any;
            }
            any = true;
            if (type == SR || type == RR) {
                blocks(packet, at + (type == SR ? HEADER + SENDER_INFO : 2 * HEADER), at + length, first & 0x1f);
            }
            at += length;
        }
        return any;
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField") // one writer
    private void blocks(ByteBuf packet, int start, int end, int count) {
        for (int i = 0, at = start; i < count && at + BLOCK <= end; i++, at += BLOCK) {
            fractionLost = packet.getUnsignedByte(at + 4);
            lost = packet.getMedium(at + 5);
            jitter = packet.getUnsignedInt(at + 12);
            received++;
        }
    }

    long received() {
        return received;
    }

    /** Packets lost since its last report, of 256. */
    int fractionLost() {
        return fractionLost;
    }

    /** Packets lost so far. */
    int lost() {
        return lost;
    }

    /** Interarrival jitter in ticks of the RTP clock. */
    long jitter() {
        return jitter;
    }
}
