/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.RtpMedia;
import io.levada.ffmpeg.RtpPacketizer;
import io.levada.ffmpeg.RtpTimeline;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;

/** One track of a stream: makes batches of RTP packets out of access units. Used by the stage's thread. */
final class MountTrack implements AutoCloseable {

    private static final int HEADERS = RtpBatch.PREFIX + 12 + 4;
    private static final int PAYLOAD = 1300;
    private static final int TIMESTAMP = 4;
    private static final int SEQUENCE = 2;
    private static final int SILENCE = 100;

    private final int id;
    private final int place;
    private final ByteBufAllocator allocator;
    private final RtpPacketizer packetizer = new RtpPacketizer(this::collect);

    private PacketFormat format;
    private volatile TrackDescription description;
    private TimeBase clock = TimeBase.RTP_VIDEO;
    private long last = Long.MIN_VALUE;

    private ByteBuf frames;
    private int packets;
    private int silent;
    /** Whether its packets come with the next access unit. */
    private boolean holds;

    private boolean flushed;
    private int sequence;
    private int timestamp;

    /** Sender's counts (RFC 3550, 6.4.1) for the reports, which another thread writes. */
    private volatile long sentPackets;

    private volatile long sentOctets;

    MountTrack(int id, int place, ByteBufAllocator allocator) {
        this.id = id;
        this.place = place;
        this.allocator = allocator;
    }

    /**
     * What follows looks like this.
     *
     * @return whether readers of the track can go on
     */
    boolean format(PacketFormat next) throws StageException {
        if (next.equals(format)) {
            return true;
        }
        boolean first = format == null;
        var described = packetizer.format(next, !first);
        boolean goesOn = first || goesOn(description.media(), described, next);
        format = next;
        description = new TrackDescription(id, described, packetizer.ssrc(), packetizer.timestampOrigin());
        clock = new TimeBase(1, described.clockRate());
        return goesOn;
    }

    /** H.264 and H.265 carry what changed in band; other codecs only if SDP says the same as before. */
    private static boolean goesOn(RtpMedia before, RtpMedia after, PacketFormat format) {
        return after.sameEncoding(before)
                && (format.codec().equals("h264")
                        || format.codec().equals("hevc")
                        || after.attributes().equals(before.attributes()));
    }

    /**
     * Packetises one access unit.
     *
     * @return the batch, the caller's to release; null when the packets come with the next unit
     * @throws StageException when FFmpeg can't packetise it
     */
    RtpBatch packetize(Packet packet, RtpTimeline timeline, long index) throws StageException {
        last = timeline.place(packet, format.timeBase(), last);
        int size = (int) packet.size();
        frames = allocator.directBuffer(size + (size / PAYLOAD + 3) * HEADERS);
        packets = 0;
        boolean whole = false;
        try {
            packetizer.packetize(packet, clock.fromNanos(timeline.shift()));
            whole = packets > 0;
        } finally {
            if (!whole) {
                frames.release();
            }
        }
        if (!whole) {
            holds = true;
            if (++silent % SILENCE == 0) {
                throw StageException.failed("no RTP packet came of the last " + SILENCE + " packets of " + format
                        + ": FFmpeg's log tells why");
            }
            return null;
        }
        silent = 0;
        count();
        boolean late = flushed && holds && !video();
        flushed = false;
        return new RtpBatch(
                index, id, false, packet.keyframe() || !video(), late, last, packets, sequence, timestamp, frames);
    }

    /** What follows has nothing to do with what came before, of which FFmpeg's packetizer may still hold a unit of sound. */
    void flush() {
        flushed = true;
    }

    private void collect(ByteBuffer packet) {
        int start = packet.position();
        if (packets++ == 0) {
            sequence = packet.getShort(start + SEQUENCE) & 0xffff;
            timestamp = packet.getInt(start + TIMESTAMP);
        }
        frames.writeByte('$').writeByte(RtpBatch.channel(id)).writeShort(packet.remaining());
        frames.writeBytes(packet);
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField") // one writer
    private void count() {
        sentPackets += packets;
        sentOctets += frames.readableBytes() - (long) packets * (RtpBatch.PREFIX + 12);
    }

    boolean video() {
        return description.video();
    }

    int id() {
        return id;
    }

    /** Among the stream's tracks, as readers see them. */
    int place() {
        return place;
    }

    /** What readers are told of the track; any thread. */
    TrackDescription description() {
        return description;
    }

    long sentPackets() {
        return sentPackets;
    }

    long sentOctets() {
        return sentOctets;
    }

    @Override
    public void close() {
        packetizer.close();
    }
}
