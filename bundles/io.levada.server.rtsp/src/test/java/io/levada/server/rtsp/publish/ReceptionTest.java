/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

/** What is counted of a publisher's packets, and reported to it: RFC 3550, 6.4.1, A.1, A.3, A.8. */
class ReceptionTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long PERIOD = 20_000_000L;

    private final Reception reception = new Reception(0, 8000);
    private final ByteBuf report = Unpooled.buffer();

    private boolean take(int sequence, int timestamp, int ssrc, long nanos) {
        var packet = Unpooled.buffer().writeShort(0x8000).writeShort(sequence);
        return reception.rtp(packet.writeInt(timestamp).writeInt(ssrc), nanos);
    }

    private boolean take(int sequence) {
        return take(sequence, sequence * 160, 7, sequence * PERIOD);
    }

    private ByteBuf report(long nanos) {
        reception.report(report.clear(), nanos);
        return report;
    }

    @Test
    void lossIsTheRatioSinceTheLastReportAndTheSumOfAll() {
        for (int i = 65_530; i < 65_540; i++) {
            assertTrue(i == 65_535 || take(i));
        }
        var first = report(SECOND);
        assertEquals(7, first.getInt(0));
        assertEquals(256 / 10, first.getUnsignedByte(4));
        assertEquals(1, first.getMedium(5));
        assertEquals(65_539, first.getInt(8));
        assertTrue(take(65_540));
        var second = report(SECOND);
        assertEquals(0, second.getUnsignedByte(4));
        assertEquals(1, second.getMedium(5));
        assertEquals(1, reception.lost());
        assertTrue(take(65_535)); // late
        assertEquals(0, reception.lost());
        assertEquals(11, reception.packets());
    }

    @Test
    void jitterIsThatOfTheTransitTimes() {
        for (int i = 0; i < 100; i++) {
            take(i);
        }
        assertEquals(0, report(SECOND).getInt(12));
        for (int i = 100; i < 400; i++) {
            take(i, i * 160, 7, i * PERIOD + (i % 2) * 10_000_000L); // every other one 10 ms late: 80 ticks
        }
        assertEquals(80, report(SECOND).getInt(12), 2);
    }

    @Test
    void theLastSendersReportIsNamedWithItsAge() {
        take(1);
        assertEquals(0, report(SECOND).getInt(16));
        reception.reported(0x11223344_55667788L, SECOND);
        var later = report(SECOND + SECOND / 2);
        assertEquals(0x33445566, later.getInt(16));
        assertEquals(32_768, later.getInt(20));
    }

    @Test
    void anotherSourceIsBelievedWithItsSecondPacketInARow() {
        assertTrue(take(1));
        assertFalse(take(500, 0, 9, 0));
        assertTrue(take(2));
        assertFalse(take(501, 0, 9, 0), "the first one was followed by another's");
        assertTrue(take(502, 0, 9, 0));
        assertTrue(reception.of(9));
        assertEquals(0, reception.lost());
    }
}
