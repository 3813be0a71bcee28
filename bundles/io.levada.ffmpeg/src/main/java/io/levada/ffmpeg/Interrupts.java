/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;
import org.bytedeco.javacpp.Pointer;

/**
 * Makes libav's blocking input and output give up: it asks again and again whether to, and gets yes when the owner wants to
 * stop or a deadline has passed. One for each AVFormatContext; close it after the context.
 *
 * <p>libav then returns {@code AVERROR_EXIT}.
 */
public final class Interrupts implements AutoCloseable {

    private static final Map<Long, Interrupts> OPEN = new ConcurrentHashMap<>();
    private static final AtomicLong NUMBERS = new AtomicLong(1);

    /** One for all, never collected: JavaCPP has room for ten function pointers of a kind, and libav keeps the address. */
    private static final Ask ASK = new Ask();

    private final long number = NUMBERS.getAndIncrement();
    private final Handle handle = new Handle(number);
    private final BooleanSupplier stopping;
    private volatile long deadline = Long.MAX_VALUE;
    private volatile boolean expired;

    private Interrupts(BooleanSupplier stopping) {
        this.stopping = stopping;
        OPEN.put(number, this);
    }

    /** @param stopping asked often and from any thread of libav's; must be quick */
    public static Interrupts when(BooleanSupplier stopping) {
        return new Interrupts(stopping);
    }

    /**
     * Enters it into a context's {@code interrupt_callback} (also one given to {@code avio_open2}). Set it before
     * {@code avformat_open_input}.
     */
    public void into(AVIOInterruptCB callback) {
        callback.callback(ASK).opaque(handle);
    }

    /** From now on what libav does may take this long; then it is made to give up. */
    public void deadline(long nanos) {
        expired = false;
        deadline = System.nanoTime() + nanos;
    }

    /** It may take as long as it takes. */
    public void noDeadline() {
        expired = false;
        deadline = Long.MAX_VALUE;
    }

    /** Whether libav was made to give up because time was over (and not because the owner stops). */
    public boolean expired() {
        return expired;
    }

    private boolean asked() {
        if (stopping.getAsBoolean()) {
            return true;
        }
        long until = deadline;
        if (until != Long.MAX_VALUE && System.nanoTime() - until > 0) {
            expired = true;
            return true;
        }
        return false;
    }

    /** Whoever still asks is told to give up. */
    @Override
    public void close() {
        OPEN.remove(number);
    }

    private static final class Ask extends AVIOInterruptCB.Callback_Pointer {

        @Override
        public int call(Pointer number) {
            var interrupts = OPEN.get(number.address());
            return interrupts == null || interrupts.asked() ? 1 : 0;
        }
    }
}
