/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avformat.avio_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avio_context_free;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EXTERNAL;
import static org.bytedeco.ffmpeg.global.avutil.av_free;
import static org.bytedeco.ffmpeg.global.avutil.av_malloc;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.Read_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.avformat.Seek_Pointer_long_int;
import org.bytedeco.ffmpeg.avformat.Write_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.presets.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * An AVIOContext in place of a socket for libavformat's SDP demuxer: first the description to its end, then one RTP packet a
 * read. What the demuxer would send to the other side (receiver reports) goes nowhere. For one thread.
 */
final class RtpInput implements AutoCloseable {

    private static final int BUFFER = 4096;

    private static final Map<Long, RtpInput> OPEN = new ConcurrentHashMap<>();
    private static final AtomicLong NUMBERS = new AtomicLong(1);

    /** One for all, never collected: JavaCPP has room for ten function pointers of a kind, and libav keeps the address. */
    private static final Read READ = new Read();

    private static final Write WRITE = new Write();

    private final long number = NUMBERS.getAndIncrement();
    private final AVIOContext context;
    private ByteBuffer next;
    private boolean described;

    RtpInput(byte[] description) {
        next = ByteBuffer.wrap(description);
        var buffer = new BytePointer(av_malloc(BUFFER)).capacity(BUFFER);
        if (buffer.isNull()) {
            throw new OutOfMemoryError("av_malloc");
        }
        OPEN.put(number, this);
        context = avio_alloc_context(buffer, BUFFER, 0, new Handle(number), READ, WRITE, (Seek_Pointer_long_int) null);
        if (context == null) {
            OPEN.remove(number);
            av_free(buffer);
            throw new OutOfMemoryError("avio_alloc_context");
        }
        context.seekable(0);
    }

    AVIOContext context() {
        return context;
    }

    /**
     * The description was read, packets follow. A context that also writes is read past its buffer ({@code avio_read_partial}),
     * so that packets stay apart; one that is for reading alone is the only kind that the description can be read from.
     */
    void described() {
        described = true;
        context.eof_reached(0);
        context.write_flag(1);
        context.direct(1);
    }

    /** The packet that is read next, lent until it was. */
    void offer(ByteBuffer packet) {
        next = packet;
    }

    private int read(BytePointer into, int size) {
        int length = Math.min(size, next.remaining());
        if (length == 0) {
            return described ? avutil.AVERROR_EAGAIN() : AVERROR_EOF;
        }
        var part = next.slice(next.position(), length);
        next.position(described ? next.limit() : next.position() + length);
        into.capacity(length).asByteBuffer().put(part);
        return length;
    }

    @Override
    public void close() {
        if (OPEN.remove(number) != null) {
            av_free(context.buffer());
            avio_context_free(context);
        }
    }

    private static final class Read extends Read_packet_Pointer_BytePointer_int {

        @Override
        public int call(Pointer number, BytePointer into, int size) {
            var input = OPEN.get(number.address());
            return input == null ? AVERROR_EXTERNAL() : input.read(into, size);
        }
    }

    private static final class Write extends Write_packet_Pointer_BytePointer_int {

        @Override
        public int call(Pointer number, BytePointer data, int size) {
            return size;
        }
    }
}
