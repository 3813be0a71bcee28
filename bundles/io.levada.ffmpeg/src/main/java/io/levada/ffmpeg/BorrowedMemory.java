/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AV_BUFFER_FLAG_READONLY;
import static org.bytedeco.ffmpeg.global.avutil.av_buffer_create;

import io.levada.api.media.LeakDetector;
import io.levada.api.media.Memory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.ffmpeg.avutil.AVBufferRef;
import org.bytedeco.ffmpeg.avutil.Free_Pointer_BytePointer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Lends Java's memory to libav as an AVBuffer. libav says when it is done with it, on whatever thread; the memory is
 * retained until then. What it refers to is found by a number, never by an address that the collector could move.
 */
final class BorrowedMemory {

    private static final Map<Long, Loan> LENT = new ConcurrentHashMap<>();
    private static final AtomicLong NUMBERS = new AtomicLong(1);

    /** One for all: JavaCPP has room for ten function pointers of a kind. */
    private static final Free FREE = new Free();

    /** For the leak detector, which stage lent; few, so that no lending makes a string. */
    private static final Map<String, String> LENDERS = new ConcurrentHashMap<>();

    private record Loan(Memory memory, BytePointer data, String lender) {}

    private BorrowedMemory() {}

    static AVBufferRef buffer(Memory memory, int plane) {
        var bytes = memory.plane(plane);
        if (!bytes.isDirect()) {
            throw new IllegalStateException("libav can't read a heap buffer");
        }
        var data = new BytePointer(bytes.duplicate().position(0));
        long number = NUMBERS.getAndIncrement();
        var loan = new Loan(
                memory, data, LENDERS.computeIfAbsent(LeakDetector.holder(), name -> "FFmpeg, lent by " + name));
        String before = LeakDetector.enter(loan.lender);
        memory.retain();
        LeakDetector.exit(before);
        LENT.put(number, loan);
        var buffer = av_buffer_create(data, bytes.limit(), FREE, new Handle(number), AV_BUFFER_FLAG_READONLY);
        if (buffer == null) {
            giveBack(number);
            throw new OutOfMemoryError("av_buffer_create");
        }
        return buffer;
    }

    private static void giveBack(long number) {
        var loan = LENT.remove(number);
        if (loan != null) {
            String before = LeakDetector.enter(loan.lender);
            loan.memory.release();
            LeakDetector.exit(before);
        }
    }

    /** How much is lent at this moment. */
    static int lent() {
        return LENT.size();
    }

    private static final class Free extends Free_Pointer_BytePointer {

        @Override
        public void call(Pointer number, BytePointer data) {
            giveBack(number.address());
        }
    }
}
