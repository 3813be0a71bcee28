/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.rtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.stage.StageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Encrypted: RFC 3711, RFC 4568. */
class SrtpTest extends RtpMuxerFixture {

    @Test
    void srtpHidesThePayloadAndLengthensPacketsByTheTag_3711_4_2() throws IOException {
        try (var stage = sent("srtp", "aes-cm-128-hmac-sha1-80", "srtp-key", KEY, "packet-size", "500")) {
            var packets = receiver.all(0);
            assertNoGap(packets);
            int longest = packets.stream()
                    .mapToInt(packet -> packet.bytes().capacity())
                    .max()
                    .orElseThrow();
            assertEquals(500 + 10, longest);
            assertEquals(0, stage.gauge("dropped"));
        }
    }

    @Test
    void theKeyIsInTheDescriptionThatOnlyItsOwnerReadsAndNowhereElse_4568() throws IOException {
        try (var stage = sent("srtp", "aes-cm-128-hmac-sha1-80", "srtp-key", KEY, "sdp", "out.sdp")) {
            assertTrue(sdp().contains("RTP/SAVP 96"));
            assertEquals(
                    2,
                    sdp().lines()
                            .filter(("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + KEY)::equals)
                            .count());
            assertEquals(
                    PosixFilePermissions.fromString("rw-------"),
                    Files.getPosixFilePermissions(home.resolve("out.sdp")));
            assertEquals(List.of(), stage.warnings());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "c2hvcnQ=", "this is no base 64"})
    void aBadKeyIsInvalidAndNotShown(String key) {
        var error = assertThrows(StageException.class, () -> muxer("srtp", "aes-cm-128-hmac-sha1-80", "srtp-key", key));
        assertEquals(StageException.Kind.INVALID, error.kind());
        assertEquals("srtp-key", error.parameter().orElseThrow());
        assertTrue(error.remedy().orElseThrow().contains("$[secret:NAME]"));
        assertTrue(key.isEmpty() || !error.getMessage().contains(key));
    }

    @Test
    void aKeyWithoutSrtpIsInvalid() {
        var error = assertThrows(StageException.class, () -> muxer("srtp-key", KEY));
        assertEquals("srtp", error.parameter().orElseThrow());
        assertFalse(error.getMessage().contains(KEY));
    }
}
