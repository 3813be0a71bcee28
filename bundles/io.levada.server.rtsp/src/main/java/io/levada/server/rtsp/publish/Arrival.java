/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.publish;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** A packet or a sender's report on its way to the source's thread; used again and again. */
final class Arrival {

    private static final int SEQUENCE = 2;
    private static final int TIMESTAMP = 4;
    private static final int SSRC = 8;

    int track;
    /** {@link System#nanoTime} of its coming. */
    long nanos;

    /** An RTP packet with one reference, or empty for a report. */
    ByteBuf packet = Unpooled.EMPTY_BUFFER;

    /** Of a report: an instant, nanoseconds since 1970. */
    long wallTime;

    /** Of a report: the same instant on the track's clock. */
    int timestamp;

    boolean report() {
        return packet == Unpooled.EMPTY_BUFFER;
    }

    int sequence() {
        return packet.getUnsignedShort(packet.readerIndex() + SEQUENCE);
    }

    int rtpTime() {
        return packet.getInt(packet.readerIndex() + TIMESTAMP);
    }

    int ssrc() {
        return packet.getInt(packet.readerIndex() + SSRC);
    }

    void release() {
        packet.release();
        packet = Unpooled.EMPTY_BUFFER;
    }
}
