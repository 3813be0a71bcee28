/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avformat.av_find_input_format;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
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

    /**
     * Reads the description; packets follow.
     *
     * @param whole whether packets are given out as the depacketisers leave them, without parsers
     * @return the demuxer, the caller's to close before this; empty if libavformat does not take the description
     */
    Optional<AVFormatContext> open(boolean whole) {
        var demuxer = avformat_alloc_context();
        if (demuxer == null) {
            throw new OutOfMemoryError("avformat_alloc_context");
        }
        demuxer.pb(io.context());
        if (whole) {
            demuxer.flags(demuxer.flags() | AVFormatContext.AVFMT_FLAG_NOPARSE | AVFormatContext.AVFMT_FLAG_NOFILLIN);
        }
        try (var options = Options.of(Map.of("sdp_flags", "custom_io", "reorder_queue_size", "0"))) {
            if (avformat_open_input(demuxer, "", av_find_input_format("sdp"), options.dictionary()) < 0) {
                return Optional.empty();
            }
        }
        if (demuxer.nb_streams() == 0) {
            avformat_close_input(demuxer);
            return Optional.empty();
        }
        described(io.context());
        return Optional.of(demuxer);
    }

    /**
     * A context that also writes is read past its buffer ({@code avio_read_partial}), so that packets stay apart; one that is
     * for reading alone is the only kind that the description can be read from.
     */
    private void described(AVIOContext context) {
        described = true;
        context.eof_reached(0);
        context.write_flag(1);
        context.direct(1);
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
