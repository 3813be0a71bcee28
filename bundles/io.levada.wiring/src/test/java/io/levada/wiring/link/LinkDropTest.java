/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Chunk;
import io.levada.api.media.End;
import io.levada.api.media.Flush;
import io.levada.api.media.Gap;
import io.levada.api.media.HostMemory;
import io.levada.api.media.Packet;
import io.levada.api.media.TimeBase;
import io.levada.testkit.Packets;
import io.levada.testkit.Stamps;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a link gives up when its consumer is slow, by policy. */
class LinkDropTest extends LinkFixture {

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

        /** As decoders bring them that put pictures in order: the first goes to the consumer, the second waits meanwhile. */
        @Test
        void twoAtOnceAreBothForAConsumerThatHasNothingToDo() {
            link(Limits.count(Policy.LATEST, 1));
            assertNull(link.poll());
            offer(2);
            assertEquals(0, link.droppedFull());
            take(1);
            offer(2);
            assertEquals(2, link.droppedFull(), "while it is busy one waits");
            assertEquals(List.of(3L), drained());
            offer(3);
            assertEquals(List.of(5L, 6L), drained());
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
}
