/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.End;
import io.levada.api.media.Flush;
import io.levada.api.media.HostMemory;
import io.levada.api.media.LeakDetector;
import io.levada.api.media.Packet;
import io.levada.api.media.Stamp;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A producer and a consumer, each on a thread of its own that sleeps when the link tells it nothing. */
class LinkStressTest {

    private static final int SAMPLES = 100_000;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @BeforeEach
    void trackAll() {
        LeakDetector.reset();
        LeakDetector.level(LeakDetector.Level.ALL);
    }

    @AfterEach
    void everythingIsReleased() {
        assertEquals(List.of(), LeakDetector.live());
    }

    static Stream<Arguments> links() {
        return Stream.of(
                Arguments.of(Limits.count(Policy.BLOCK, 1), 1),
                Arguments.of(Limits.count(Policy.BLOCK, 4), 2),
                Arguments.of(new Limits(Policy.BLOCK, 4, 64, 100_000, 300), 3),
                Arguments.of(Limits.count(Policy.LATEST, 1), 4),
                Arguments.of(Limits.count(Policy.DROP_OLDEST, 4), 5),
                Arguments.of(Limits.of(Policy.DROP_OLDEST, 100, 50_000, 2000), 6),
                Arguments.of(Limits.count(Policy.DROP_TO_KEYFRAME, 30), 7),
                Arguments.of(Limits.of(Policy.DROP_TO_KEYFRAME, 1000, 80_000, 10_000), 8));
    }

    @ParameterizedTest
    @MethodSource("links")
    void nothingIsLostTwiceOrOutOfOrder(Limits limits, long seed) throws Exception {
        var race = new Race(limits, seed);
        race.run();
        race.verify();
    }

    private static final class Race {

        private final Random producing;
        private final Random consuming;
        private final Link link;
        private final Thread producer = new Thread(this::produce, "producer");
        private final Thread consumer = new Thread(this::consume, "consumer");
        private final CompletableFuture<Void> end = new CompletableFuture<>();

        // the producer's until it has ended
        private int flushes;

        // the consumer's until it has ended
        private long received;
        private int flushesSeen;

        Race(Limits limits, long seed) {
            producing = new Random(seed);
            consuming = new Random(-seed);
            link = new Link(
                    "a:video",
                    "p/b",
                    limits,
                    seed % 2 == 0,
                    () -> LockSupport.unpark(producer),
                    () -> LockSupport.unpark(consumer));
        }

        void run() throws InterruptedException, ExecutionException {
            consumer.start();
            producer.start();
            try {
                end.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                throw new AssertionError(
                        "stuck with " + link.queued() + " queued; producer at\n  " + List.of(producer.getStackTrace())
                                + "\n  consumer at\n  " + List.of(consumer.getStackTrace()),
                        e);
            }
            producer.join();
            consumer.join();
        }

        private void produce() {
            try {
                for (int i = 0; i < SAMPLES; i++) {
                    while (!link.hasRoom()) {
                        LockSupport.park();
                    }
                    int burst = producing.nextInt(500) == 0 ? 200 : 1; // one call may emit many
                    for (int n = 0; n < burst && i < SAMPLES; n++, i++) {
                        link.offer(packet(i));
                        if (producing.nextInt(100) == 0) {
                            link.offer(new Flush(i));
                            flushes++;
                        }
                    }
                    i--;
                    if (producing.nextInt(2000) == 0) {
                        LockSupport.parkNanos(200_000);
                    }
                }
                link.offer(End.END);
            } catch (Throwable e) {
                end.completeExceptionally(e);
            }
        }

        private static Packet packet(int number) {
            return Packet.over(HostMemory.allocate(10))
                    .stamp(Stamp.of("s", 0, number, number * 1000L, 0, 0))
                    .pts(number)
                    .keyframe(number % 25 == 0)
                    .disposable(number % 3 == 1)
                    .build();
        }

        private void consume() {
            try {
                long last = -1;
                boolean ended = false;
                while (!ended) {
                    var item = link.poll();
                    if (item == null) {
                        LockSupport.park();
                    } else if (item instanceof Packet packet) {
                        assertTrue(packet.pts() > last, packet.pts() + " after " + last);
                        assertEquals(1, packet.memory().references());
                        last = packet.pts();
                        received++;
                        packet.release();
                    } else if (item instanceof Flush flush) {
                        assertTrue(flush.epoch() >= last, "a marker kept its place behind " + flush.epoch());
                        last = Math.max(last, flush.epoch());
                        flushesSeen++;
                    } else {
                        ended = true;
                    }
                    if (consuming.nextInt(2000) == 0) {
                        LockSupport.parkNanos(500_000);
                    }
                }
                end.complete(null);
            } catch (Throwable e) {
                end.completeExceptionally(e);
            }
        }

        void verify() {
            long dropped = link.droppedFull() + link.droppedToKeyframe();
            assertEquals(SAMPLES, link.samples());
            assertEquals(SAMPLES, received + dropped);
            assertEquals(flushes, flushesSeen);
            assertEquals(0, link.queued());
            assertTrue(received > 0);
            if (link.limits().policy() == Policy.BLOCK) {
                assertEquals(0, dropped);
            }
        }
    }
}
