/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.publish;

import io.netty.buffer.ByteBuf;

/**
 * What came of one track's RTP, for the publisher's own eyes (RFC 3550, 6.4.1, A.1, A.3, A.8) and for status. Written by the
 * session's event loop; the counts may be read by any thread.
 */
final class Reception {

    private static final int HEADER = 12;
    private static final int VERSION_BITS = 0xc0;
    private static final int VERSION = 0x80;
    private static final int MAX_DROPOUT = 3000;
    private static final int CYCLE = 1 << 16;
    private static final int MOST_LOST = 0x7fffff;
    private static final long SECOND = 1_000_000_000L;

    private final int payloadType;
    private final int clockRate;

    private volatile long packets;
    private volatile long bytes;
    private volatile long lost;

    private boolean begun;
    private int ssrc;
    private int candidate;
    private int candidateNext = -1;
    /** Extended by the number of cycles. */
    private long highest;

    private long base;
    private long received;
    private long expectedBefore;
    private long receivedBefore;
    private long lostBefore;

    private boolean timed;
    private int lastTransit;
    private double jitter;
    private int lastReport;
    private long lastReportNanos;

    Reception(int payloadType, int clockRate) {
        this.payloadType = payloadType;
        this.clockRate = clockRate;
    }

    /**
     * Counts a packet.
     *
     * @return whether it is an RTP packet of this track
     */
    @SuppressWarnings("NonAtomicOperationOnVolatileField") // one writer
    boolean rtp(ByteBuf packet, long nanos) {
        int start = packet.readerIndex();
        if (packet.readableBytes() < HEADER
                || (packet.getByte(start) & VERSION_BITS) != VERSION
                || (packet.getByte(start + 1) & 0x7f) != payloadType) {
            return false;
        }
        int sequence = packet.getUnsignedShort(start + 2);
        if (!source(packet.getInt(start + 8), sequence) || !counted(sequence)) {
            return false;
        }
        packets++;
        received++;
        bytes += packet.readableBytes();
        lost = lostBefore + Math.max(0, expected() - received);
        jitter(packet.getInt(start + 4), nanos);
        return true;
    }

    /** Another source takes over with its second packet in a row (RFC 3550, A.1): one stray packet changes nothing. */
    private boolean source(int from, int sequence) {
        if (begun && from == ssrc) {
            candidateNext = -1;
            return true;
        }
        if (begun && (from != candidate || sequence != candidateNext)) {
            candidate = from;
            candidateNext = sequence + 1 & 0xffff;
            return false;
        }
        lostBefore = lost;
        ssrc = from;
        begin(sequence);
        timed = false;
        lastReport = 0;
        return true;
    }

    private void begin(int sequence) {
        begun = true;
        candidateNext = -1;
        base = sequence;
        highest = sequence;
        received = 0;
        expectedBefore = 0;
        receivedBefore = 0;
    }

    private boolean counted(int sequence) {
        int ahead = (short) (sequence - (int) highest);
        if (ahead > MAX_DROPOUT || ahead < -MAX_DROPOUT) {
            lostBefore = lost;
            begin(sequence); // it began anew under the same name
        } else if (ahead > 0) {
            highest += ahead;
        }
        return true;
    }

    private long expected() {
        return highest - base + 1;
    }

    private void jitter(int timestamp, long nanos) {
        int transit = (int) (nanos / SECOND * clockRate + nanos % SECOND * clockRate / SECOND) - timestamp;
        if (timed) {
            jitter += (Math.abs((double) (transit - lastTransit)) - jitter) / 16;
        }
        timed = true;
        lastTransit = transit;
    }

    /** A sender's report came. */
    void reported(long ntp, long nanos) {
        lastReport = (int) (ntp >> 16);
        lastReportNanos = nanos;
    }

    boolean of(int source) {
        return begun && ssrc == source;
    }

    boolean begun() {
        return begun;
    }

    /** Writes a report block about what came since the last one (RFC 3550, 6.4.1). */
    void report(ByteBuf out, long nanos) {
        long expectedNow = expected() - expectedBefore;
        long lostNow = expectedNow - (received - receivedBefore);
        expectedBefore = expected();
        receivedBefore = received;
        int fraction = expectedNow <= 0 || lostNow <= 0 ? 0 : (int) Math.min(255, (lostNow << 8) / expectedNow);
        long lostInAll = Math.max(-MOST_LOST, Math.min(MOST_LOST, expected() - received));
        out.writeInt(ssrc).writeByte(fraction).writeMedium((int) lostInAll);
        out.writeInt((int) (highest % ((long) CYCLE * CYCLE))).writeInt((int) jitter);
        out.writeInt(lastReport)
                .writeInt(lastReport == 0 ? 0 : (int) ((nanos - lastReportNanos) / 1000 * 65_536 / 1_000_000));
    }

    long packets() {
        return packets;
    }

    long bytes() {
        return bytes;
    }

    long lost() {
        return lost;
    }
}
