/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RTP Payload Format For AV1 1.0, sections 4.3 to 5. A frame's OBU has the type 6 (30), a sequence header's 1 (08). */
class Av1PayloadsTest {

    private final Av1Payloads payloads = new Av1Payloads();
    private final AVPacket unit = av_packet_alloc();

    @AfterEach
    void free() {
        av_packet_free(unit);
    }

    private static ByteBuffer rtp(String payload) {
        return ByteBuffer.wrap(HexFormat.of().parseHex("806000000000000000000007" + payload.replace(" ", "")));
    }

    private boolean take(String payload) {
        return payloads.take(rtp(payload), unit);
    }

    private String unit() {
        var bytes = new byte[unit.size()];
        if (bytes.length > 0) {
            unit.data().capacity(bytes.length).asByteBuffer().get(bytes);
        }
        return HexFormat.of().formatHex(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "10 30aabb, 3202aabb",
        "20 0208cc 30aabb, 0a01cc3202aabb",
        "30 0208cc 0230dd 30aabb, 0a01cc3201dd3202aabb",
        "00 0208cc 0330aabb, 0a01cc3202aabb",
        "00 82000801 0330aabb, 0a01013202aabb"
    })
    void eachObuOfAPacketGetsItsSize_4_4(String payload, String expected) {
        assertTrue(take(payload));
        assertEquals(expected, unit());
    }

    @ParameterizedTest
    @CsvSource({"10 32 02 aabb, 3202aabb", "10 36 48 02 aabb ffff, 364802aabb", "10 34 48 aabb, 364802aabb"})
    void aSizeThatIsThereAndAnExtensionStay_av1_5_3_2(String payload, String expected) {
        assertTrue(take(payload));
        assertEquals(expected, unit());
    }

    @Test
    void anObuMayGoOnThroughSeveralPackets_4_3() {
        assertTrue(take("60 0208cc 30aa"));
        assertEquals("0a01cc", unit());
        assertTrue(take("d0 bb"));
        assertTrue(take("a0 01 cc 30dd"));
        assertEquals("0a01cc" + "3203aabbcc" + "3201dd", unit());
    }

    @Test
    void aLongObuHasASizeOfSeveralBytes() {
        var half = "55".repeat(20_000);
        assertTrue(take("50 30" + half));
        assertTrue(take("90 " + half));
        assertEquals("32c0b802" + half + half, unit());
    }

    /** With these FFmpeg 8.0.1 writes where nothing is its own. */
    @ParameterizedTest
    @CsvSource({
        "20 0112 30aabb, 3202aabb",
        "20 021200 30aabb, 3202aabb",
        "30 0240ff 021200 30aabb, 3202aabb",
        "10 12, ''"
    })
    void delimitersAndTileListsAreNothingForAReceiver_5(String payload, String expected) {
        take(payload);
        assertEquals(expected, unit());
    }

    @Test
    void aTileListInPiecesIsLeftOutAsAWhole_5() {
        assertTrue(take("50 40" + "ee".repeat(1000)));
        assertTrue(take("d0 " + "ee".repeat(1000)));
        assertTrue(take("a0 02 eeee 30aabb"));
        assertEquals("3202aabb", unit());
    }

    @Test
    void whatHasLostItsBeginningIsLeftOut_4_4() {
        assertFalse(take("a0 02 eeee 30aabb"));
        assertEquals("3202aabb", unit());
        assertTrue(take("50 30aa"));
        payloads.forget();
        assertFalse(take("90 bb"));
        assertEquals("3202aabb", unit());
    }

    @Test
    void whatHasLostItsEndIsLeftOut_4_4() {
        assertTrue(take("50 30aa"));
        assertFalse(take("10 30cc"));
        assertEquals("3201cc", unit());
    }

    /** Longer than there are bytes, a size without end or above 32 bits, a forbidden bit, an extension that is not there. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "20 05 30aabb",
                "00 80",
                "00 ffffffffffffffffff 30",
                "00 ffffffff7f 30",
                "10 b0aa",
                "10 34",
                "10 32 7f aa",
                "10 32 80"
            })
    void whatIsMalformedIsLeftOut(String payload) {
        assertFalse(take(payload));
        assertEquals("", unit());
        assertTrue(take("10 30aabb"));
        assertEquals("3202aabb", unit());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "10", "c0", "00 00", "20 00"})
    void anEmptyPacketIsNothing(String payload) {
        take(payload);
        assertEquals("", unit());
    }

    @ParameterizedTest
    @CsvSource({
        "816000000000000000000007 00000001 1030aa, 3201aa",
        "906000000000000000000007 bede0001 00000000 1030aa, 3201aa",
        "a06000000000000000000007 1030aa 0002, 3201aa",
        "8f6000000000000000000007 1030aa, ''",
        "906000000000000000000007 bede, ''",
        "906000000000000000000007 bedeffff 1030aa, ''",
        "a06000000000000000000007 1030ff, ''"
    })
    void thePayloadIsWhatContributorsExtensionAndPaddingLeave_rfc3550_5_1(String packet, String expected) {
        payloads.take(ByteBuffer.wrap(HexFormat.of().parseHex(packet.replace(" ", ""))), unit);
        assertEquals(expected, unit());
    }
}
