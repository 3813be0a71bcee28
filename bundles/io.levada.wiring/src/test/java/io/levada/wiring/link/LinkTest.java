/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Chunk;
import io.levada.api.media.End;
import io.levada.api.media.Flush;
import io.levada.api.media.Gap;
import io.levada.api.media.HostMemory;
import io.levada.api.media.LeakDetector;
import io.levada.api.media.Packet;
import io.levada.api.media.Sample;
import io.levada.api.media.StreamItem;
import io.levada.api.media.TimeBase;
import io.levada.testkit.Packets;
import io.levada.testkit.Stamps;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A link as its producer and consumer see it; packets are told apart by their pts, which counts from 0. */
class LinkTest {

    private static final long FRAME_NANOS = 40_000_000;

    private final Packets packets = Packets.of(TimeBase.MILLIS, 40);
    private int producerWakes;
    private int consumerWakes;
    private Link link;

    @BeforeEach
    void forgetOtherTests() {
        LeakDetector.reset();
    }

    @AfterEach
    void everythingIsReleased() {
        take(Integer.MAX_VALUE);
        assertEquals(List.of(), LeakDetector.live());
    }

    private Link link(Limits limits) {
        link = new Link("cam:video", "lobby/sink", limits, true, () -> producerWakes++, () -> consumerWakes++);
        return link;
    }

    private Packet delta() {
        return packets.delta((byte) 1);
    }

    private Packet keyframe() {
        return packets.keyframe((byte) 1);
    }

    private Packet disposable() {
        return delta().toBuilder().disposable(true).build();
    }

    private void offer(int deltas) {
        for (int i = 0; i < deltas; i++) {
            link.offer(delta());
        }
    }

    private void take(int items) {
        for (int i = 0; i < items; i++) {
            var item = link.poll();
            if (item == null) {
                return;
            }
            if (item instanceof Sample sample) {
                sample.release();
            }
        }
    }

    /** Takes all there is: numbers of packets, markers as they are. */
    private List<Object> drained() {
        var all = new ArrayList<Object>();
        for (StreamItem item = link.poll(); item != null; item = link.poll()) {
            if (item instanceof Sample sample) {
                all.add(sample.pts() / 40);
                sample.release();
            } else {
                all.add(item);
            }
        }
        return all;
    }

    private static List<Object> numbers(long from, long to) {
        return LongStream.rangeClosed(from, to).<Object>mapToObj(Long::valueOf).toList();
    }

    @ParameterizedTest
    @EnumSource(Policy.class)
    void deliversInOrderWhateverThePolicy(Policy policy) {
        link(Limits.count(policy, 8));
        link.offer(Packets.video("h264", 64, 48));
        link.offer(keyframe());
        offer(3);
        link.offer(End.END);
        assertEquals(List.of(Packets.video("h264", 64, 48), 0L, 1L, 2L, 3L, End.END), drained());
        assertNull(link.poll());
    }

    @Test
    void wakesTheConsumerForSamplesMarkersAndWatermarks() {
        link(Limits.count(Policy.BLOCK, 8));
        link.offer(delta());
        assertEquals(1, consumerWakes);
        link.offer(End.END);
        assertEquals(2, consumerWakes);
        link.watermark(FRAME_NANOS);
        assertEquals(3, consumerWakes);
        link.watermark(FRAME_NANOS);
        assertEquals(3, consumerWakes, "the same watermark is no news");
    }

    @Test
    void aWatermarkNeverGoesBack() {
        link(Limits.count(Policy.BLOCK, 8));
        assertEquals(Long.MIN_VALUE, link.watermark());
        link.watermark(2 * FRAME_NANOS);
        link.watermark(FRAME_NANOS);
        assertEquals(2 * FRAME_NANOS, link.watermark());
    }

    @Test
    void aMomentThatWasReachedIsForgottenWithAFlush() {
        link(Limits.count(Policy.BLOCK, 8));
        var moment = Stamps.at(TimeBase.MILLIS, 40);
        link.reached(moment);
        assertSame(moment, link.reached());
        assertEquals(moment.runningTime(), link.watermark());
        link.offer(new Flush(1));
        assertNull(link.reached());
        take(1);
    }

    @Test
    void knowsWhenAnItemCame() {
        link(Limits.count(Policy.BLOCK, 8));
        long before = System.nanoTime();
        link.offer(delta());
        long after = System.nanoTime();
        link.offer(End.END);
        take(1);
        assertTrue(before <= link.arrival() && link.arrival() <= after);
    }

    @Test
    void theConsumerIsTheHolderOfWhatIsQueued() {
        link(Limits.count(Policy.BLOCK, 8));
        link.offer(delta());
        assertTrue(
                LeakDetector.live().get(0).endsWith("never released by lobby/sink"),
                LeakDetector.live().get(0));
    }

    @Nested
    class Block {

        @Test
        void holdsUpTheProducerWhenFullAndWakesItWhenHalfIsTaken() {
            link(Limits.count(Policy.BLOCK, 4));
            offer(3);
            assertTrue(link.hasRoom());
            offer(1);
            assertFalse(link.hasRoom());
            assertTrue(link.holdsUp());
            take(1);
            assertEquals(0, producerWakes, "a quarter is not worth a wake-up");
            assertTrue(link.holdsUp(), "the producer still waits");
            take(1);
            assertEquals(1, producerWakes);
            assertTrue(link.hasRoom());
            assertFalse(link.holdsUp());
        }

        @Test
        void keepsWhateverOneCallEmits() {
            link(Limits.count(Policy.BLOCK, 4));
            offer(1000);
            link.offer(End.END);
            assertEquals(1000, link.queued());
            var expected = new ArrayList<>(numbers(0, 999));
            expected.add(End.END);
            assertEquals(expected, drained());
            assertEquals(0, link.droppedFull());
        }

        @Test
        void keepsTheOrderWhileItComesOutOfTheOverflow() {
            link(Limits.count(Policy.BLOCK, 4));
            offer(100);
            var all = new ArrayList<Object>();
            for (int i = 0; i < 60; i++) {
                var sample = (Sample) link.poll();
                all.add(sample.pts() / 40);
                sample.release();
            }
            offer(100); // the ring has room again, but what is in the overflow comes first
            all.addAll(drained());
            assertEquals(numbers(0, 199), all);
        }

        @Test
        void theLastOfAProducerThatHasEndedArrives() {
            link(Limits.count(Policy.BLOCK, 1));
            offer(200);
            link.offer(End.END); // and the producer never comes back to see to it
            assertEquals(End.END, drained().get(200));
        }

        @Test
        void holdsUpByBytes() {
            link(Limits.of(Policy.BLOCK, 100, Long.MAX_VALUE, 10));
            link.offer(packets.delta(new byte[9]));
            assertTrue(link.hasRoom());
            link.offer(packets.delta(new byte[9]));
            assertFalse(link.hasRoom());
            assertTrue(link.holdsUp());
            take(1);
            assertEquals(1, producerWakes);
            assertTrue(link.hasRoom());
        }

        @Test
        void holdsUpByRunningTime() {
            link(Limits.of(Policy.BLOCK, 100, 3 * FRAME_NANOS, Limits.MOST_BYTES));
            offer(4);
            assertTrue(link.hasRoom());
            offer(1);
            assertFalse(link.hasRoom());
            assertTrue(link.holdsUp());
            take(1);
            assertTrue(link.hasRoom());
        }

        @Test
        void aJoinSeesThatItHoldsUpTheProducerBeforeTheProducerDoes() {
            // the consumer's turn may be over before the producer looks; nobody would wake it again
            link(Limits.of(Policy.BLOCK, 100, Long.MAX_VALUE, 10));
            link.offer(packets.delta(new byte[20]));
            assertTrue(link.holdsUp());
        }

        @Test
        void isWidenedForAJoinUpToItsMost() {
            link(new Limits(Policy.BLOCK, 4, 10, Long.MAX_VALUE, Limits.MOST_BYTES));
            offer(4);
            assertFalse(link.hasRoom());
            assertTrue(link.widen());
            assertEquals(1, producerWakes);
            assertTrue(link.hasRoom());
            offer(4);
            assertTrue(link.widen());
            assertEquals(10, link.capacity());
            offer(2);
            assertFalse(link.hasRoom());
            assertFalse(link.widen(), "it holds all that it can");
        }

        @Test
        void isNotWidenedBeyondItsBytes() {
            link(new Limits(Policy.BLOCK, 4, 100, Long.MAX_VALUE, 10));
            link.offer(packets.delta(new byte[20]));
            assertFalse(link.widen());
        }
    }

    @Nested
    class Latest {

        @Test
        void keepsTheNewestAlone() {
            link(Limits.count(Policy.LATEST, 1));
            offer(3);
            assertTrue(link.hasRoom());
            assertEquals(List.of(2L), drained());
            assertEquals(2, link.droppedFull());
        }

        @Test
        void keepsTheNewestHoweverLongTheConsumerIsAway() {
            link(Limits.count(Policy.LATEST, 1));
            link.offer(Packets.video("h264", 64, 48));
            offer(10_000);
            assertEquals(List.of(Packets.video("h264", 64, 48), 9_999L), drained());
            assertEquals(9_999, link.droppedFull());
            offer(1);
            assertEquals(List.of(10_000L), drained());
        }
    }

    @Nested
    class DropOldest {

        @Test
        void theOldestMakesRoomForTheNewest() {
            link(Limits.count(Policy.DROP_OLDEST, 4));
            offer(6);
            assertEquals(numbers(2, 5), drained());
            assertEquals(2, link.droppedFull());
            assertEquals(6, link.samples());
        }

        @Test
        void keepsTheNewestHoweverLongTheConsumerIsAway() {
            link(Limits.count(Policy.DROP_OLDEST, 4));
            offer(10_000);
            assertEquals(4, link.queued());
            assertEquals(numbers(9_996, 9_999), drained());
        }

        @Test
        void saysThatSomethingIsMissing() {
            link(Limits.count(Policy.DROP_OLDEST, 2));
            offer(3);
            var first = (Packet) link.poll();
            var second = (Packet) link.poll();
            assertFalse(first.discontinuity(), "it was queued before the loss");
            assertTrue(second.discontinuity());
            first.release();
            second.release();
            offer(1);
            var third = (Packet) link.poll();
            assertFalse(third.discontinuity());
            third.release();
        }

        @Test
        void goesByRunningTime() {
            link(Limits.of(Policy.DROP_OLDEST, 100, 3 * FRAME_NANOS, Limits.MOST_BYTES));
            offer(10);
            assertEquals(numbers(6, 9), drained());
        }

        @Test
        void goesByBytes() {
            link(Limits.of(Policy.DROP_OLDEST, 100, Long.MAX_VALUE, 10));
            for (int i = 0; i < 5; i++) {
                link.offer(packets.delta(new byte[4]));
            }
            assertEquals(numbers(3, 4), drained());
        }

        @Test
        void takesASampleThatIsAloneTooBig() {
            link(Limits.of(Policy.DROP_OLDEST, 100, Long.MAX_VALUE, 10));
            link.offer(packets.delta(new byte[100]));
            assertEquals(List.of(0L), drained());
        }

        @Test
        void neverDropsMarkersNorMovesThem() {
            link(Limits.count(Policy.DROP_OLDEST, 2));
            link.offer(Packets.video("h264", 64, 48));
            offer(10);
            link.offer(new Flush(1));
            offer(1);
            link.offer(new Gap(0, 1));
            offer(1);
            link.offer(End.END);
            assertEquals(
                    List.of(Packets.video("h264", 64, 48), new Flush(1), 10L, new Gap(0, 1), 11L, End.END), drained());
        }

        @Test
        void neverDropsMarkersThoughTheyFillTheRing() {
            link(Limits.count(Policy.DROP_OLDEST, 2));
            var expected = new ArrayList<Object>();
            for (int i = 0; i < 100; i++) {
                link.offer(new Flush(i));
                offer(1);
                expected.add(new Flush(i));
            }
            assertEquals(
                    expected, drained().stream().filter(Flush.class::isInstance).toList());
        }

        @Test
        void aFloodOfGapsBecomesOneGap() {
            link(Limits.count(Policy.DROP_OLDEST, 2));
            for (int i = 0; i < 100_000; i++) {
                link.offer(new Gap(10L * i, 10));
            }
            var gaps = drained();
            assertTrue(gaps.size() < 100, gaps.size() + " gaps");
            assertEquals(new Gap(0, 10), gaps.get(0));
            var last = (Gap) gaps.get(gaps.size() - 1);
            assertEquals(1_000_000, last.pts() + last.duration());
        }

        @Test
        void whatTheContainerBeginsWithIsKept() {
            link(Limits.count(Policy.DROP_OLDEST, 3));
            var init = Chunk.over(HostMemory.allocate(1))
                    .init(true)
                    .stamp(Stamps.at(TimeBase.MILLIS, 0))
                    .pts(-40)
                    .build();
            link.offer(init);
            offer(10);
            assertEquals(List.of(-1L, 8L, 9L), drained());
        }
    }

    @Nested
    class DropToKeyframe {

        @Test
        void skipsToTheNextKeyframe() {
            link(Limits.count(Policy.DROP_TO_KEYFRAME, 4));
            link.offer(keyframe());
            offer(5); // 4 and 5 do not fit
            assertEquals(numbers(0, 3), drained());
            offer(2); // can't be decoded without those before
            link.offer(keyframe());
            offer(1);
            assertEquals(List.of(8L, 9L), drained());
            assertEquals(4, link.droppedToKeyframe());
            assertEquals(0, link.droppedFull());
        }

        @Test
        void aKeyframeTakesThePlaceOfAllThatIsOlder() {
            link(Limits.count(Policy.DROP_TO_KEYFRAME, 4));
            link.offer(keyframe());
            offer(5);
            link.offer(keyframe());
            offer(1);
            assertEquals(List.of(6L, 7L), drained());
        }

        @Test
        void framesThatNobodyNeedsGoFirst() {
            link(Limits.count(Policy.DROP_TO_KEYFRAME, 4));
            link.offer(keyframe());
            offer(3);
            link.offer(disposable());
            take(2);
            offer(1);
            assertEquals(List.of(2L, 3L, 5L), drained());
            assertEquals(1, link.droppedFull());
            assertEquals(0, link.droppedToKeyframe());
        }

        @Test
        void theFirstAfterALossSaysSo() {
            link(Limits.count(Policy.DROP_TO_KEYFRAME, 1));
            link.offer(keyframe());
            offer(1);
            take(1);
            link.offer(keyframe());
            var packet = assertInstanceOf(Packet.class, link.poll());
            assertTrue(packet.discontinuity());
            assertTrue(packet.keyframe());
            packet.release();
        }

        /** Whatever the load and however long the consumer is away: no packet comes without those that it needs. */
        @Test
        void neverIsAnUndecodableStream() {
            var random = new Random(7);
            for (int round = 0; round < 200; round++) {
                link(Limits.of(
                        Policy.DROP_TO_KEYFRAME, 1 + random.nextInt(20), 20 * FRAME_NANOS, 1 + random.nextInt(200)));
                long last = -1;
                boolean first = true;
                for (int i = 0; i < 1000; i++) {
                    boolean key = i % 25 == 0;
                    link.offer(key ? keyframe() : i % 3 == 0 ? disposable() : delta());
                    for (int n = random.nextInt(100) == 0 ? random.nextInt(60) : 0; n > 0; n--) {
                        if (!(link.poll() instanceof Packet packet)) {
                            break;
                        }
                        long number = packet.pts() / 40 % 1000;
                        assertTrue(
                                packet.keyframe() || (!first && onlyDisposableBetween(last, number)),
                                number + " came after " + last + " in round " + round);
                        last = number;
                        first = false;
                        packet.release();
                    }
                }
                take(Integer.MAX_VALUE);
            }
        }

        private boolean onlyDisposableBetween(long last, long number) {
            return LongStream.range(last + 1, number).allMatch(i -> i % 3 == 0 && i % 25 != 0);
        }
    }

    @Test
    void aMemoryThatManyLinksShareIsReleasedOnceByEach() {
        var other = new Link("cam:video", "lobby/other", Limits.count(Policy.BLOCK, 8), false, () -> {}, () -> {});
        link(Limits.count(Policy.LATEST, 1));
        var sample = delta();
        sample.retain();
        link.offer(sample);
        other.offer(sample);
        offer(1); // drops it here
        assertEquals(1, sample.memory().references());
        assertSame(sample, other.poll());
        sample.release();
    }
}
