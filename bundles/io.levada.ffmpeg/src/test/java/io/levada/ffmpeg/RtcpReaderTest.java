/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compound RTCP packets (RFC 3550, 6). */
class RtcpReaderTest {

    private static final int SR = 200;
    private static final int RR = 201;
    private static final int SDES = 202;
    private static final int BYE = 203;
    private static final int FEEDBACK = 205;

    private static List<Object> told(byte[] packet) {
        var told = new ArrayList<>();
        RtcpReader.read(ByteBuffer.wrap(packet), new RtcpReader.Listener() {
            @Override
            public void senderReport(int ssrc, long ntp, int timestamp) {
                told.add("SR of " + ssrc + " at " + ntp + " is " + timestamp);
            }

            @Override
            public void block(RtcpReader.Block block) {
                told.add(block);
            }

            @Override
            public void bye(int ssrc) {
                told.add("BYE of " + ssrc);
            }
        });
        return told;
    }

    /** A part: its words after the header. */
    private static byte[] part(int count, int type, int... words) {
        var bytes = ByteBuffer.allocate(4 + 4 * words.length);
        bytes.put((byte) (0x80 | count)).put((byte) type).putShort((short) words.length);
        for (int word : words) {
            bytes.putInt(word);
        }
        return bytes.array();
    }

    private static byte[] compound(byte[]... parts) {
        var all = ByteBuffer.allocate(512);
        for (var part : parts) {
            all.put(part);
        }
        return java.util.Arrays.copyOf(all.array(), all.position());
    }

    private static byte[] whole() {
        return compound(
                part(1, SR, 7, 1, 2, 90, 10, 1000, 8, 0x40fffffe, 0, 900, 5, 6),
                part(1, SDES, 7, 0x01016100),
                part(2, BYE, 7, 9));
    }

    private static final List<Object> WHOLE = List.of(
            "SR of 7 at " + (1L << 32 | 2) + " is 90",
            new RtcpReader.Block(7, 8, 64, -2, 900, 5, 6),
            "BYE of 7",
            "BYE of 9");

    @Test
    void eachPartIsToldOfInItsOrder_3550_6_1() {
        assertEquals(WHOLE, told(whole()));
    }

    @Test
    void whatIsCutShortAnywhereTellsNothing_3550_A_2() {
        var whole = whole();
        for (int length = 0; length < whole.length; length++) {
            boolean parts = length == 52 || length == 64; // of which the first ones are a packet, too
            assertEquals(!parts, told(java.util.Arrays.copyOf(whole, length)).isEmpty(), length + " bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 40})
    void whatIsLongerThanItsPartsTellsNothing_3550_A_2(int more) {
        assertEquals(List.of(), told(java.util.Arrays.copyOf(whole(), whole().length + more)));
    }

    @Test
    void morePromisedThanThereIsTellsNothing() {
        assertEquals(List.of(), told(part(2, SR, 7, 1, 2, 90, 10, 1000, 8, 0, 0, 0, 0, 0)));
        assertEquals(List.of(), told(part(0, SR, 7, 1, 2, 90)));
        assertEquals(List.of(), told(part(2, RR, 7, 8, 0, 0, 0, 0, 0)));
        assertEquals(List.of(), told(part(2, BYE, 7)));
        assertEquals(List.of(), told(compound(part(0, SR, 7, 1, 2, 90, 10, 1000), part(31, BYE, 7))));
    }

    @Test
    void partsOfOtherTypesArePassedOverAndNeedNoReportBeforeThem_5506() {
        assertEquals(List.of("BYE of 7"), told(compound(part(1, FEEDBACK, 7, 8, 9), part(1, BYE, 7))));
        assertEquals(List.of("BYE of 7"), told(compound(part(3, 210), part(1, BYE, 7))));
    }

    @Test
    void anotherVersionOrTypeIsNoRtcp() {
        assertTrue(RtcpReader.begins(0x80, SR));
        assertFalse(RtcpReader.begins(0x40, SR));
        assertFalse(RtcpReader.begins(0x80, 96));
        assertFalse(RtcpReader.begins(0x80, 0x80 | 96), "RTP with its marker");
        var whole = whole();
        whole[52] = 0x40;
        assertEquals(List.of(), told(whole));
    }
}
