/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;

import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.presets.avutil;

/**
 * In place of a socket for libavformat's SDP demuxer: first the description to its end, then one RTP packet a read. What the
 * demuxer would send to the other side (receiver reports) goes nowhere. For one thread.
 */
final class RtpInput implements AutoCloseable {

    private static final int BUFFER = 4096;

    private final JavaIo io = JavaIo.reading(BUFFER, this::read);
    private ByteBuffer next;
    private boolean described;

    RtpInput(byte[] description) {
        next = ByteBuffer.wrap(description);
    }

    AVIOContext context() {
        return io.context();
    }

    /**
     * The description was read, packets follow. A context that also writes is read past its buffer ({@code avio_read_partial}),
     * so that packets stay apart; one that is for reading alone is the only kind that the description can be read from.
     */
    void described() {
        described = true;
        context().eof_reached(0);
        context().write_flag(1);
        context().direct(1);
    }

    /** The packet that is read next, lent until it was. */
    void offer(ByteBuffer packet) {
        next = packet;
    }

    private int read(ByteBuffer into) {
        int length = Math.min(into.remaining(), next.remaining());
        if (length == 0) {
            return described ? avutil.AVERROR_EAGAIN() : AVERROR_EOF;
        }
        into.put(next.slice(next.position(), length));
        next.position(described ? next.limit() : next.position() + length);
        return length;
    }

    @Override
    public void close() {
        io.close();
    }
}
