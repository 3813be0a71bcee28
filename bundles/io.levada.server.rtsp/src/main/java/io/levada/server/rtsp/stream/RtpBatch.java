/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import io.netty.buffer.ByteBuf;

/**
 * The RTP packets of one access unit, or one compound RTCP packet, shared by all readers. Each packet stands behind its
 * interleaved header (RFC 2326, 10.12: {@code $}, channel, length), so that a TCP reader with the usual channels gets the
 * whole batch in one write and a UDP reader takes slices out of it.
 *
 * @param index rises by one from batch to batch of a stream, over all tracks
 * @param track which of the stream's tracks
 * @param rtcp RTCP instead of RTP
 * @param keyframe decoding can start here
 * @param late is from before a flush: of no use to new readers
 * @param time decoding time on the stream's time line, nanoseconds
 * @param packets how many
 * @param sequence the first packet's sequence number
 * @param timestamp the first packet's RTP timestamp
 * @param frames the bytes, with the batch's one reference; readers use duplicates and slices only
 */
public record RtpBatch(
        long index,
        int track,
        boolean rtcp,
        boolean keyframe,
        boolean late,
        long time,
        int packets,
        int sequence,
        int timestamp,
        ByteBuf frames) {

    /** Bytes of an interleaved header. */
    public static final int PREFIX = 4;

    static RtpBatch rtcp(int track, ByteBuf frames) {
        return new RtpBatch(-1, track, true, false, false, 0, 1, 0, 0, frames);
    }

    /** The interleaved channel that the headers name for a track's RTP; RTCP has the next one. */
    public static int channel(int track) {
        return 2 * track;
    }

    RtpBatch retain() {
        frames.retain();
        return this;
    }

    void release() {
        frames.release();
    }

    int bytes() {
        return frames.readableBytes();
    }

    /** Bytes of memory that it holds. */
    int memory() {
        return frames.capacity();
    }
}
