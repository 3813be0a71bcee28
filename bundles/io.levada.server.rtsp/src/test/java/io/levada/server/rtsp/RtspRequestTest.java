/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The form of requests: RFC 2326, sections 4 to 7, 10.12 and 12. */
class RtspRequestTest {

    private static TestServer server;
    private RtspClient client;

    @BeforeAll
    static void serve() throws Exception {
        server = new TestServer();
        server.serve(Programs.h264Aac(), "path", "/demo");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void connect() throws IOException {
        client = server.connect("/demo");
    }

    @AfterEach
    void disconnect() throws IOException {
        client.close();
    }

    @Test
    void theSequenceNumberIsEchoed_12_17() throws IOException {
        client.send("OPTIONS * RTSP/1.0\r\nCSeq: 4711\r\n\r\n");
        var response = client.response();
        assertEquals(200, response.status());
        assertEquals("4711", response.header("cseq"));
    }

    @Test
    void aRequestWithoutSequenceNumberIsBad_12_17() throws IOException {
        client.send("OPTIONS * RTSP/1.0\r\n\r\n");
        assertEquals(400, client.response().status());
    }

    @Test
    void aSequenceNumberThatIsNoneIsBadAndNotEchoed_12_17() throws IOException {
        client.send("OPTIONS * RTSP/1.0\r\nCSeq: 1<script>\r\n\r\n");
        var response = client.response();
        assertEquals(400, response.status());
        assertEquals("", response.header("cseq"));
    }

    @Test
    void optionsNamesTheMethods_10_1() throws IOException {
        var methods = client.request("OPTIONS").header("public");
        assertEquals(
                "OPTIONS, DESCRIBE, ANNOUNCE, SETUP, PLAY, RECORD, PAUSE, TEARDOWN, GET_PARAMETER, SET_PARAMETER",
                methods);
    }

    @Test
    void anUnknownMethodIsNotImplemented_11() throws IOException {
        assertEquals(501, client.request("DANCE").status());
    }

    @Test
    void nothingIsPublishedToAPathThatOnlyServes_10_3() throws IOException {
        assertEquals(404, client.request("ANNOUNCE").status());
        assertEquals(455, client.request("RECORD").status());
    }

    @Test
    void anotherVersionIsNotSupported_11_3() throws IOException {
        client.send("OPTIONS * RTSP/2.0\r\nCSeq: 1\r\n\r\n");
        assertEquals(505, client.response().status());
    }

    @Test
    void aRequiredOptionIsNamedAsUnsupported_12_32() throws IOException {
        var response = client.request("DESCRIBE", "Require: implicit-play");
        assertEquals(551, response.status());
        assertEquals("implicit-play", response.header("unsupported"));
    }

    @Test
    void theBackChannelOfOnvifIsDeclinedAndTheStreamIsDescribedWithoutIt_onvif_5_3() throws IOException {
        var backChannel = "www.onvif.org/ver20/backchannel";
        for (var header : new String[] {"Require: ", "Proxy-Require: "}) {
            var response = client.request("DESCRIBE", header + backChannel);
            assertEquals(551, response.status());
            assertEquals(backChannel, response.header("unsupported"));
        }
        assertEquals(200, client.request("DESCRIBE").status());
    }

    @Test
    void aUrlThatIsNoneIsBad() throws IOException {
        assertEquals(400, client.requestUrl("DESCRIBE", "http-ish").status());
        assertEquals(400, client.requestUrl("DESCRIBE", client.url() + "%zz").status());
        assertEquals(
                400,
                client.requestUrl("DESCRIBE", "rtsp://127.0.0.1:\u0019/demo").status());
    }

    @Test
    void parametersKeepAliveWithoutASession_10_8() throws IOException {
        assertEquals(200, client.request("GET_PARAMETER").status());
        assertEquals(200, client.request("SET_PARAMETER").status());
    }

    @Test
    void aParameterThatDoesNotExistIsNotUnderstood_10_8() throws IOException {
        client.send("GET_PARAMETER " + client.url() + " RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 7\r\n\r\njitter\n");
        assertEquals(451, client.response().status());
    }

    @Test
    void aRequestMayComeByteByByte_4() throws IOException {
        for (byte single : "OPTIONS * RTSP/1.0\r\nCSeq: 5\r\n\r\n".getBytes(StandardCharsets.US_ASCII)) {
            client.send(new byte[] {single});
        }
        assertEquals("5", client.response().header("cseq"));
    }

    @Test
    void requestsInOneSegmentAreAnsweredInTheirOrder_9_1() throws IOException {
        client.send("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\nDESCRIBE " + client.url()
                + " RTSP/1.0\r\nCSeq: 2\r\n\r\nOPTIONS * RTSP/1.0\r\nCSeq: 3\r\n\r\n");
        assertEquals("1", client.response().header("cseq"));
        assertEquals("2", client.response().header("cseq"));
        assertEquals("3", client.response().header("cseq"));
    }

    @Test
    void aRequestMayStandBetweenInterleavedPackets_10_12() throws IOException {
        client.playTcp();
        client.sendFrame(1, new byte[] {(byte) 0x80, (byte) 201, 0, 1, 0, 0, 0, 1});
        var response = client.request("OPTIONS");
        client.sendFrame(1, new byte[0]);
        assertEquals(200, response.status());
        assertEquals(200, client.request("GET_PARAMETER").status());
    }

    @Test
    void anInterleavedPacketMayComeByteByByte_10_12() throws IOException {
        client.playTcp();
        for (byte single : new byte[] {'$', 1, 0, 8, (byte) 0x80, (byte) 201, 0, 1, 0, 0, 0, 1}) {
            client.send(new byte[] {single});
        }
        client.send(new byte[] {'$', 9, 0, 0}); // of no session, and empty
        assertEquals(200, client.request("OPTIONS").status());
    }

    @Test
    void aRequestBehindAnInterleavedPacketInOneSegmentIsAnswered_10_12() throws IOException {
        client.playTcp();
        client.send("$\1\0\10\200\311\0\1\0\0\0\1OPTIONS * RTSP/1.0\r\nCSeq: 77\r\n\r\n$\1\0\0");
        assertEquals("77", client.response().header("cseq"));
        assertEquals(200, client.request("OPTIONS").status());
    }

    @Test
    void anInterleavedPacketThatIsNeverWholeEndsWithItsConnection_10_12() throws IOException {
        client.send(new byte[] {'$', 0, (byte) 0xff, (byte) 0xff, 1, 2, 3});
        client.close();
        try (var other = server.connect("/demo")) {
            assertEquals(200, other.request("OPTIONS").status());
        }
    }

    @Test
    void aDollarInABodyIsNoInterleavedPacket_10_12() throws IOException {
        client.send("SET_PARAMETER * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 5\r\n\r\n$\0\0\7x");
        assertEquals(451, client.response().status());
        assertEquals(200, client.request("OPTIONS").status());
    }

    @Test
    void lineEndsBetweenRequestsAreSkipped() throws IOException {
        client.send("\r\n\r\n");
        assertEquals(200, client.request("OPTIONS").status());
    }

    @Test
    void aHeaderOf64KiBIsRefused() throws IOException {
        client.send("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nX: " + "x".repeat(64 * 1024) + "\r\n\r\n");
        assertEquals(400, client.response().status());
        assertTrue(client.closedByServer());
    }

    @Test
    void tenThousandHeadersAreRefused() throws IOException {
        var request = new StringBuilder("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n");
        for (int i = 0; i < 10_000; i++) {
            request.append("X").append(i).append(": y\r\n");
        }
        client.send(request.append("\r\n").toString());
        assertEquals(400, client.response().status());
        assertTrue(client.closedByServer());
    }

    @Test
    void aBodyThatIsTooLongIsRefused() throws IOException {
        client.send("SET_PARAMETER * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 100000\r\n\r\n" + "x".repeat(100_000));
        assertEquals(413, client.response().status());
        assertTrue(client.closedByServer());
    }

    @Test
    void aBodyShorterThanItsLengthWaitsForTheRest() throws IOException {
        client.send("SET_PARAMETER * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 4\r\n\r\n  ");
        client.send("  ");
        assertEquals(200, client.response().status());
    }

    @Test
    void aBodyLongerThanItsLengthIsABrokenRequest() throws IOException {
        client.send("SET_PARAMETER * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 2\r\n\r\n  trailing\r\n\r\n");
        assertEquals(200, client.response().status());
        assertEquals(400, client.response().status());
        assertTrue(client.closedByServer());
    }

    @Test
    void aNegativeLengthIsBad() throws IOException {
        client.send("SET_PARAMETER * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: -5\r\n\r\n");
        assertEquals(400, client.response().status());
    }

    @Test
    void binaryNoiseClosesTheConnectionOnly() throws IOException {
        var random = new Random(1);
        for (int i = 0; i < 20; i++) {
            try (var noisy = server.connect("/demo")) {
                var noise = new byte[20_000];
                random.nextBytes(noise);
                noise[0] = 7; // not a dollar
                try {
                    noisy.send(noise);
                } catch (IOException e) {
                    continue; // closed before all of it was sent
                }
                assertTrue(noisy.closedByServer());
            }
        }
        assertEquals(200, client.request("OPTIONS").status());
    }

    @Test
    void aResponseIsIgnoredAndDoesNotTurnTheDecodingOff() throws IOException {
        client.send("RTSP/1.0 101 Switching Protocols\r\nCSeq: 1\r\n\r\n");
        assertEquals(200, client.request("OPTIONS").status());
    }

    @Test
    void aFloodOfRequestsWithoutReadingTheAnswersIsBounded() throws IOException {
        try (var flood = server.connect("/nowhere")) {
            var request = "DESCRIBE " + flood.url() + " RTSP/1.0\r\nCSeq: 1\r\n\r\n";
            flood.send(request.repeat(1000));
            assertEquals(404, flood.response().status());
        }
        assertEquals(200, client.request("OPTIONS").status());
    }

    @Test
    void whoAsksForEverAndReadsNoAnswerIsThrownOut() throws IOException {
        try (var flood = new RtspClient(server.address(), "/demo", 4096)) {
            var requests = "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n".repeat(1000);
            assertThrows(IOException.class, () -> {
                for (int i = 0; i < 2000; i++) {
                    flood.send(requests);
                }
            });
        }
        assertEquals(200, client.request("OPTIONS").status());
    }
}
