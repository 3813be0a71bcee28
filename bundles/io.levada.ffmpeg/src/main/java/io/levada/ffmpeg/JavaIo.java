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
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.Read_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.avformat.Seek_Pointer_long_int;
import org.bytedeco.ffmpeg.avformat.Write_packet_Pointer_BytePointer_int;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * An AVIOContext that reads from Java or writes to Java, one after the other, without going back. For one thread. What Java
 * throws must not cross libav's frames: it is kept for {@link #rethrow}.
 */
final class JavaIo implements AutoCloseable {

    /** Where bytes come from. */
    @FunctionalInterface
    interface ByteSource {

        /**
         * Puts bytes into libav's buffer, which is valid during the call only.
         *
         * @return how many, or an error of libav's
         */
        int read(ByteBuffer into);
    }

    /** One of each for all, never collected: JavaCPP has room for ten function pointers of a kind, libav keeps the address. */
    private static final Read READ = new Read();

    private static final Write WRITE = new Write();

    /** Those that are open, by the number that libav hands back; written under the class's lock. */
    private static volatile JavaIo[] open = new JavaIo[16];

    private final ByteSource source;
    private final Muxer.ByteSink sink;
    private final ByteBuffer view;
    private final long address;
    private final AVIOContext context;
    private final int number;
    private boolean closed;
    private Optional<Throwable> failure = Optional.empty();

    private JavaIo(int size, boolean writing, ByteSource source, Muxer.ByteSink sink) {
        this.source = source;
        this.sink = sink;
        var buffer = new BytePointer(av_malloc(size)).capacity(size);
        if (buffer.isNull()) {
            throw new OutOfMemoryError("av_malloc");
        }
        address = buffer.address();
        view = buffer.asByteBuffer().order(ByteOrder.BIG_ENDIAN);
        number = enter(this);
        context = avio_alloc_context(
                buffer, size, writing ? 1 : 0, new Handle(number), READ, WRITE, (Seek_Pointer_long_int) null);
        if (context == null) {
            leave(number);
            av_free(buffer);
            throw new OutOfMemoryError("avio_alloc_context");
        }
        context.seekable(0);
    }

    /** @param size of libav's buffer; what it writes itself beyond that goes nowhere */
    static JavaIo reading(int size, ByteSource source) {
        return new JavaIo(size, false, source, bytes -> {});
    }

    /** @param size of libav's buffer: about as much comes in a call, big endian */
    static JavaIo writing(int size, Muxer.ByteSink sink) {
        return new JavaIo(size, true, into -> AVERROR_EXTERNAL(), sink);
    }

    private static synchronized int enter(JavaIo io) {
        int free = 1; // libav takes a handle of 0 for none
        while (free < open.length && open[free] != null) {
            free++;
        }
        if (free == open.length) {
            open = Arrays.copyOf(open, 2 * free);
        }
        open[free] = io;
        return free;
    }

    private static synchronized void leave(int number) {
        open[number] = null;
    }

    AVIOContext context() {
        return context;
    }

    /** Throws what Java threw since this was last asked. */
    void rethrow() {
        if (failure.isPresent()) {
            var thrown = failure.get();
            failure = Optional.empty();
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) thrown;
        }
    }

    private int read(BytePointer into, int size) {
        try {
            return source.read(into.capacity(size).asByteBuffer());
        } catch (RuntimeException | Error e) {
            failure = Optional.of(e);
            return AVERROR_EXTERNAL();
        }
    }

    private int write(BytePointer data, int size) {
        try {
            long offset = data.address() - address;
            if (offset >= 0 && offset + size <= view.capacity()) {
                sink.write(view.limit((int) offset + size).position((int) offset));
            } else {
                sink.write(data.capacity(size).asByteBuffer().order(ByteOrder.BIG_ENDIAN));
            }
            return size;
        } catch (RuntimeException | Error e) {
            failure = Optional.of(e);
            return AVERROR_EXTERNAL();
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            leave(number);
            av_free(context.buffer());
            avio_context_free(context);
        }
    }

    private static JavaIo of(Pointer number) {
        return open[(int) number.address()];
    }

    private static final class Read extends Read_packet_Pointer_BytePointer_int {

        @Override
        public int call(Pointer number, BytePointer into, int size) {
            var io = of(number);
            return io == null ? AVERROR_EXTERNAL() : io.read(into, size);
        }
    }

    private static final class Write extends Write_packet_Pointer_BytePointer_int {

        @Override
        public int call(Pointer number, BytePointer data, int size) {
            var io = of(number);
            return io == null ? AVERROR_EXTERNAL() : io.write(data, size);
        }
    }
}
