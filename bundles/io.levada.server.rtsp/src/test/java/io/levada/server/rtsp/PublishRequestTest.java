/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a publisher may ask for, at wire level: ANNOUNCE, SETUP and RECORD (RFC 2326, 10.3, 10.4, 10.11). */
class PublishRequestTest extends PublishFixture {

    @Test
    void aPathThatNobodyTakesFromIsNotFound() throws Exception {
        path();
        try (var client = server.connect("/other")) {
            assertEquals(404, announce(client, HEAD + VOICE).status());
        }
    }

    @Test
    void aDescriptionNeedsItsContentType() throws Exception {
        path();
        try (var client = server.connect("/cam")) {
            var none = client.requestWith(HEAD + VOICE, "ANNOUNCE");
            assertEquals(400, none.status());
            assertTrue(none.reason().contains("Content-Type"), none.reason());
            var wrong = client.requestWith(HEAD + VOICE, "ANNOUNCE", "Content-Type: text/plain");
            assertEquals(415, wrong.status());
            assertEquals(
                    200,
                    client.requestWith(HEAD + VOICE, "ANNOUNCE", "Content-Type: application/SDP; charset=utf-8")
                            .status());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                                        | no SDP",
                "hello                                                     | no SDP",
                "v=0                                                       | SDP without video or audio",
                "v=0/m=application 0 RTP/AVP 107/a=rtpmap:107 x/90000      | SDP without video or audio",
                "v=0/m=video 0 RTP/AVP 96                                  | no clock rate for payload type 96",
                "v=0/m=video 0 RTP/AVP 96/a=rtpmap:96 H264                 | no clock rate for payload type 96",
                "v=0/m=video 0 RTP/AVP 96/a=rtpmap:96 H264/0               | a clock rate of 0",
                "v=0/m=video 0 RTP/AVP 96/a=rtpmap:96 X-UNHEARD-OF/90000   | video of payload type 96",
                "v=0/m=audio 0 RTP/AVP 12                                  | audio of payload type 12: its format is not taken",
                "v=0/m=audio 0 RTP/AVP 12/a=rtpmap:12 PCMU/8000            | audio of payload type 12: its format is not taken",
                "v=0/m=video 0 RTP/AVP 96/a=rtpmap:96 raw/90000            | video of payload type 96: its format is not taken",
                "v=0/m=video 0 RTP/AVP 33                                  | video of payload type 33: its format is not taken",
                "v=0/m=video 0 RTP/SAVP 96/a=rtpmap:96 H264/90000          | SRTP is not taken",
                "v=0/m=video 0 udp 96                                      | no RTP",
                "v=0/m=video                                               | SDP with an m= line that is none",
                "v=0/m=audio 0 RTP/AVP 300                                 | payload type 300",
                "v=0/m=audio 0 RTP/AVP 0/m=audio 0 RTP/AVP 8               | SDP with a medium without a=control"
            })
    void aBadDescriptionIsRefusedWithTheReason(String sdp, String reason) throws Exception {
        path();
        try (var client = server.connect("/cam")) {
            var response = announce(client, sdp.replaceAll("/(?=[vmacost]=)", "\r\n") + "\r\n");
            assertEquals(400, response.status());
            assertTrue(response.reason().startsWith(reason), response.reason());
        }
    }

    /** Else libavformat would take packets for SRTP, or for RealMedia's own protocol. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "IsRealDataType:integer;1"
            })
    void attributesOfOtherProtocolsChangeNothing(String attribute) throws Exception {
        var path = path();
        try (var client = server.connect("/cam")) {
            var session = "Session: "
                    + announce(client, HEAD + VOICE + "a=" + attribute + "\r\n").session();
            setUp(client, "streamid=0", interleaved(0), session);
            assertEquals(200, client.request("RECORD", session).status());
            client.sendFrame(0, voice(1, 7));
            TestServer.await("the packet", SOON, () -> path.units("audio").size() == 1);
        }
    }

    @Test
    void recordOfSomeTracksOnlyIsRefused() throws Exception {
        path();
        try (var client = server.connect("/cam")) {
            var session =
                    "Session: " + announce(client, HEAD + VOICE + OTHER_VOICE).session();
            var none = client.request("RECORD", session);
            assertEquals(455, none.status());
            assertEquals(
                    200, setUp(client, "streamid=1", interleaved(1), session).status());
            var some = client.request("RECORD", session);
            assertEquals(455, some.status());
            assertEquals("only 1 of 2 announced tracks are set up", some.reason());
            assertEquals(
                    200, setUp(client, "streamid=0", interleaved(0), session).status());
            assertEquals(200, client.request("RECORD", session).status());
        }
    }

    @Test
    void aTrackThatWasNotAnnouncedIsNotFound() throws Exception {
        path();
        try (var client = server.connect("/cam")) {
            var session =
                    "Session: " + announce(client, HEAD + VOICE + OTHER_VOICE).session();
            assertEquals(
                    404, setUp(client, "streamid=2", interleaved(0), session).status());
            assertEquals(
                    404, setUp(client, "treamid=1", interleaved(0), session).status());
        }
    }

    /** Ports say which track a datagram is of. */
    @Test
    void twoTracksCannotComeFromTheSamePorts() throws Exception {
        path();
        try (var client = server.connect("/cam")) {
            var session =
                    "Session: " + announce(client, HEAD + VOICE + OTHER_VOICE).session();
            var ports = "RTP/AVP;unicast;client_port=41000-41001;mode=record";
            assertEquals(200, setUp(client, "streamid=0", ports, session).status());
            assertEquals(461, setUp(client, "streamid=1", ports, session).status());
            assertEquals(200, setUp(client, "streamid=0", ports, session).status(), "its own, once more");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"record", "RECORD", "\"RECORD\"", "\"record\"", "receive"})
    void theModeIsRecordInAnySpelling(String mode) throws Exception {
        path();
        try (var client = server.connect("/cam")) {
            var session = "Session: " + announce(client, HEAD + VOICE).session();
            var response = setUp(client, "streamid=0", "RTP/AVP/TCP;unicast;interleaved=0-1;mode=" + mode, session);
            assertEquals(200, response.status());
            assertTrue(response.header("transport").contains("interleaved=0-1"), response.header("transport"));
        }
    }

    @Test
    void aPublisherCannotPlayNorAReaderRecord() throws Exception {
        path();
        try (var client = server.connect("/cam")) {
            var session = "Session: " + announce(client, HEAD + VOICE).session();
            assertEquals(
                    461,
                    setUp(client, "streamid=0", "RTP/AVP/TCP;unicast;interleaved=0-1;mode=play", session)
                            .status());
            assertEquals(
                    461,
                    setUp(client, "streamid=0", "RTP/SAVP;unicast;client_port=4000-4001;mode=record", session)
                            .status());
            assertEquals(455, client.request("PLAY", session).status());
            assertEquals(454, client.request("RECORD", "Session: unheard-of").status());
        }
        server.serve(Programs.h264Small(), "path", "/clip");
        try (var reader = server.connect("/clip")) {
            assertEquals(
                    461,
                    reader.setup(0, "RTP/AVP/TCP;unicast;interleaved=0-1;mode=record")
                            .status());
            var session = "Session: " + reader.setupTcp(0).session();
            assertEquals(455, reader.request("RECORD", session).status());
            assertEquals(455, reader.request("RECORD").status());
        }
    }

    @Test
    void aClientThatDoesNotNameItsSessionYetIsUnderstood() throws Exception {
        path();
        try (var client = server.connect("/cam")) {
            announce(client, HEAD + VOICE);
            var session =
                    "Session: " + setUp(client, "streamid=0", interleaved(0)).session();
            assertEquals(200, client.request("RECORD", session).status());
        }
    }
}
