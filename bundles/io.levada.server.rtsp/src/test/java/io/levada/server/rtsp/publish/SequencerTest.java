/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** RFC 3550, 5.1: sequence numbers restore the order of packets. */
class SequencerTest {

    private final List<Integer> passed = new ArrayList<>();
    private final List<Integer> done = new ArrayList<>();
    private final Sequencer overUdp = sequencer(false);

    private Sequencer sequencer(boolean inOrder) {
        return new Sequencer(
                inOrder, arrival -> passed.add(arrival.sequence()), arrival -> done.add(arrival.sequence()));
    }

    private static Arrival arrival(int sequence, long nanos) {
        return arrival(sequence, nanos, 0);
    }

    private static Arrival arrival(int sequence, long nanos, int ssrc) {
        var arrival = new Arrival();
        arrival.nanos = nanos;
        arrival.packet = Unpooled.buffer(12)
                .writeShort(0x8000)
                .writeShort(sequence)
                .writeInt(0)
                .writeInt(ssrc);
        return arrival;
    }

    private void take(int... sequences) {
        for (int sequence : sequences) {
            overUdp.take(arrival(sequence, 0));
        }
    }

    @Test
    void whatOvertookWaitsForItsTurn() {
        take(1, 3, 4, 2, 5);
        assertEquals(List.of(1, 2, 3, 4, 5), passed);
        assertEquals(0, overUdp.late());
        assertFalse(overUdp.holds());
    }

    @Test
    void theOrderGoesOnWhereTheNumbersWrap() {
        take(65_534, 0, 65_535, 1);
        assertEquals(List.of(65_534, 65_535, 0, 1), passed);
    }

    @Test
    void aGapIsGivenUpAfterAWhile_andWhatComesThenIsLate() {
        take(1);
        overUdp.take(arrival(3, 1000));
        overUdp.check(1000 + Sequencer.PATIENCE - 1);
        assertEquals(List.of(1), passed);
        assertEquals(1000 + Sequencer.PATIENCE, overUdp.due());
        overUdp.check(1000 + Sequencer.PATIENCE);
        assertEquals(List.of(1, 3), passed);
        take(2, 4);
        assertEquals(List.of(1, 3, 4), passed);
        assertEquals(1, overUdp.late());
        assertEquals(4, done.size(), "all are given back");
    }

    @Test
    void aGapIsGivenUpWhenTooMuchWaitsBehindIt() {
        take(1);
        for (int i = 3; i < 3 + 257; i++) {
            take(i);
        }
        assertEquals(258, passed.size());
    }

    @Test
    void whatComesTwicePassesOnce() {
        take(1, 2, 2, 4, 4, 3);
        assertEquals(List.of(1, 2, 3, 4), passed);
        assertEquals(2, overUdp.late());
        assertEquals(6, done.size());
    }

    @Test
    void numbersThatBeginAnewAreFollowed() {
        take(1, 2, 40_000, 40_001);
        assertEquals(List.of(1, 2, 40_000, 40_001), passed);
        take(5_000, 5_001);
        assertEquals(List.of(5_000, 5_001), passed.subList(4, 6));
    }

    @Test
    void anotherSourceIsFollowed_thoughItsNumbersLookLikeThoseBefore() {
        take(1000, 1001, 1003);
        overUdp.take(arrival(900, 0, 7));
        overUdp.take(arrival(901, 0, 7));
        assertEquals(List.of(1000, 1001, 1003, 900, 901), passed);
        assertEquals(0, overUdp.late());
    }

    @Test
    void whatIsInOrderWaitsForNothing() {
        var overTcp = sequencer(true);
        overTcp.take(arrival(1, 0));
        overTcp.take(arrival(3, 0));
        assertEquals(List.of(1, 3), passed);
        assertFalse(overTcp.holds());
    }

    @Test
    void whatIsHeldAtTheEndIsGivenBack() {
        take(1, 3, 5);
        overUdp.clear();
        assertEquals(List.of(1), passed);
        assertTrue(done.containsAll(List.of(3, 5)));
    }
}
