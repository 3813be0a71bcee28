/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * A batch's packets as UDP readers are sent them, without interleaved headers. One send is a packet, or a run of packets of
 * equal size (the last may be smaller) that the kernel cuts apart (UDP_SEGMENT): FU-A fragments and their like. The bytes are
 * shared by all readers. For one event loop.
 */
final class Datagrams {

    /** Of one send: below what the kernel takes (64), and few enough for a receiver's buffer. */
    private static final int MOST_PACKETS = 32;

    /** Of one send: below the largest datagram, which is what the kernel cuts. */
    private static final int MOST_BYTES = 60_000;

    private final RtpBatch batch;
    private final boolean segmented;
    private final ByteBuf bytes;
    private final int[] starts;
    private final int[] ends;
    private final int[] segments;
    private int sends;

    private Datagrams(RtpBatch batch, boolean segmented, ByteBuf bytes) {
        this.batch = batch;
        this.segmented = segmented;
        this.bytes = bytes;
        this.starts = new int[batch.packets()];
        this.ends = new int[batch.packets()];
        this.segments = new int[batch.packets()];
    }

    /** A send for each packet; the caller's to release. */
    static Datagrams single(RtpBatch batch) {
        var frames = batch.frames();
        var datagrams = new Datagrams(batch, false, frames.retain());
        int end = frames.writerIndex();
        for (int at = frames.readerIndex(); at < end; ) {
            int start = at + RtpBatch.PREFIX;
            int length = frames.getUnsignedShort(at + 2);
            datagrams.add(start, length);
            at = start + length;
        }
        return datagrams;
    }

    /** As few sends as possible, for which the bytes are put together once; the caller's to release. */
    static Datagrams segmented(RtpBatch batch, ByteBufAllocator allocator) {
        var frames = batch.frames();
        var datagrams = new Datagrams(batch, true, allocator.directBuffer(batch.bytes()));
        int end = frames.writerIndex();
        for (int at = frames.readerIndex(); at < end; ) {
            int length = frames.getUnsignedShort(at + 2);
            int start = datagrams.bytes.writerIndex();
            datagrams.bytes.writeBytes(frames, at + RtpBatch.PREFIX, length);
            if (!datagrams.extend(length)) {
                datagrams.add(start, length);
            }
            at += RtpBatch.PREFIX + length;
        }
        return datagrams;
    }

    private void add(int start, int length) {
        starts[sends] = start;
        ends[sends] = start + length;
        segments[sends++] = length;
    }

    /** Whether the packet became part of the send before it. */
    private boolean extend(int length) {
        int last = sends - 1;
        if (last < 0) {
            return false;
        }
        int size = ends[last] - starts[last];
        boolean fits = length <= segments[last]
                && size % segments[last] == 0
                && size / segments[last] < MOST_PACKETS
                && size + length <= MOST_BYTES;
        if (fits) {
            ends[last] += length;
        }
        return fits;
    }

    RtpBatch batch() {
        return batch;
    }

    /** Whether the kernel has to cut them apart. */
    boolean segmented() {
        return segmented;
    }

    /** How many sends they are. */
    int sends() {
        return sends;
    }

    /** The packets of a send. */
    int packets(int send) {
        return (ends[send] - starts[send] + segments[send] - 1) / segments[send];
    }

    /** The size of a send's packets but for the last. */
    int segment(int send) {
        return segments[send];
    }

    /** The bytes of a send, the caller's to release. */
    ByteBuf bytes(int send) {
        return bytes.retainedSlice(starts[send], ends[send] - starts[send]);
    }

    Datagrams retain() {
        bytes.retain();
        return this;
    }

    void release() {
        bytes.release();
    }
}
