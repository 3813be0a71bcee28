/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EXIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.junit.jupiter.api.Test;

class InterruptsTest {

    private record Outcome(int error, boolean expired) {}

    /** Reads from a server that accepts and never answers, until it is made to give up. */
    private static Outcome read(int port, BooleanSupplier stopping, Duration deadline) {
        try (var interrupts = Interrupts.when(stopping)) {
            var context = avformat_alloc_context();
            interrupts.into(context.interrupt_callback());
            interrupts.deadline(deadline.toNanos());
            int error = avformat_open_input(
                    context, "http://127.0.0.1:" + port + "/", (AVInputFormat) null, (AVDictionary) null);
            return new Outcome(error, interrupts.expired());
        }
    }

    @Test
    void aDeadlineMakesLibavGiveUp() throws IOException {
        try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            long start = System.nanoTime();
            var outcome = read(silent.getLocalPort(), () -> false, Duration.ofMillis(300));
            assertEquals(AVERROR_EXIT, outcome.error());
            assertTrue(outcome.expired());
            long took = System.nanoTime() - start;
            assertTrue(took >= 300_000_000L && took < 2_000_000_000L, took + " ns");
        }
    }

    @Test
    void hundredsAreStoppedAtOnceThoughJavaCppHasRoomForTenCallbacks() throws Exception {
        int count = 200;
        var stop = new AtomicBoolean();
        var accepted = new ConcurrentLinkedQueue<Socket>();
        var threads = Executors.newFixedThreadPool(count + 1);
        try (var silent = new ServerSocket(0, 500, InetAddress.getLoopbackAddress())) {
            List<Callable<Outcome>> readers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                readers.add(() -> read(silent.getLocalPort(), stop::get, Duration.ofMinutes(1)));
            }
            threads.submit(() -> {
                for (int i = 0; i < count; i++) {
                    accepted.add(silent.accept());
                }
                // all of them wait for an answer now
                stop.set(true);
                return null;
            });
            for (var result : threads.invokeAll(readers, 30, TimeUnit.SECONDS)) {
                assertEquals(AVERROR_EXIT, result.get().error());
                assertFalse(result.get().expired());
            }
        } finally {
            stop.set(true);
            threads.shutdownNow();
            for (var socket : accepted) {
                socket.close();
            }
        }
    }
}
