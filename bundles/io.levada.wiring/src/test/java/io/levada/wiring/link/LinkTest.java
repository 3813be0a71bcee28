/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.End;
import io.levada.api.media.Flush;
import io.levada.api.media.LeakDetector;
import io.levada.api.media.Sample;
import io.levada.api.media.TimeBase;
import io.levada.testkit.Packets;
import io.levada.testkit.Stamps;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for a link of any policy, and how one that may lose nothing holds up its producer. */
class LinkTest extends LinkFixture {

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
