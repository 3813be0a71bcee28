/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avformat.avio_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avio_context_free;
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
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** An AVIOContext that writes to Java; one after the other, without going back. For one thread. */
final class MuxerBytes implements AutoCloseable {

    private static final int BUFFER = 64 * 1024;

    private static final Map<Long, MuxerBytes> OPEN = new ConcurrentHashMap<>();
    private static final AtomicLong NUMBERS = new AtomicLong(1);

    /** One for all, never collected: JavaCPP has room for ten function pointers of a kind, and libav keeps the address. */
    private static final Write WRITE = new Write();

    private final long number = NUMBERS.getAndIncrement();
    private final Muxer.ByteSink sink;
    private final ByteBuffer view;
    private final long address;
    private AVIOContext context;
    private RuntimeException failure;

    MuxerBytes(Muxer.ByteSink sink) {
        this.sink = sink;
        var buffer = new BytePointer(av_malloc(BUFFER)).capacity(BUFFER);
        if (buffer.isNull()) {
            throw new OutOfMemoryError("av_malloc");
        }
        address = buffer.address();
        view = buffer.asByteBuffer();
        OPEN.put(number, this);
        context = avio_alloc_context(
                buffer,
                BUFFER,
                1,
                new Handle(number),
                (Read_packet_Pointer_BytePointer_int) null,
                WRITE,
                (Seek_Pointer_long_int) null);
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

    /** What the sink threw since this was last asked; an exception must not cross libav's frames. */
    void rethrow() {
        var thrown = failure;
        if (thrown != null) {
            failure = null;
            throw thrown;
        }
    }

    private int write(BytePointer data, int size) {
        try {
            long offset = data.address() - address;
            if (offset >= 0 && offset + size <= BUFFER) {
                view.limit((int) offset + size).position((int) offset);
                sink.write(view);
            } else {
                sink.write(data.capacity(size).asByteBuffer());
            }
            return size;
        } catch (RuntimeException e) {
            failure = e;
            return AVERROR_EXTERNAL();
        }
    }

    @Override
    public void close() {
        OPEN.remove(number);
        if (context != null) {
            av_free(context.buffer());
            avio_context_free(context);
            context = null;
        }
    }

    private static final class Write extends Write_packet_Pointer_BytePointer_int {

        @Override
        public int call(Pointer number, BytePointer data, int size) {
            var bytes = OPEN.get(number.address());
            return bytes == null ? AVERROR_EXTERNAL() : bytes.write(data, size);
        }
    }
}
