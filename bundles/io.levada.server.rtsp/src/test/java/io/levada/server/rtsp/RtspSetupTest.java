/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** SETUP and transports: RFC 2326, 10.4, 12.39. */
class RtspSetupTest {

    private static TestServer server;
    private RtspClient client;

    @BeforeAll
    static void serve() throws Exception {
        server = new TestServer();
        server.serve(Programs.h264Aac(), "path", "/demo");
        server.serve(Programs.h264Aac(), "path", "/demo/raw");
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
    void overTcpTheChannelsAreThoseThatWereAskedFor_12_39() throws IOException {
        var response = client.setup(0, "RTP/AVP/TCP;unicast;interleaved=6-7");
        assertEquals(200, response.status());
        assertTrue(response.header("transport").startsWith("RTP/AVP/TCP;unicast;interleaved=6-7;ssrc="));
        assertTrue(response.header("session").matches("[0-9a-f]{20};timeout=60"), response.header("session"));
    }

    @Test
    void aRefusedTrackLeavesTheOthersTheirPorts() throws IOException {
        try (var other = server.connect("/demo");
                var third = server.connect("/demo")) {
            var session = "Session: "
                    + client.setup(0, "RTP/AVP;unicast;client_port=41070-41071").session();
            assertEquals(
                    200,
                    other.setup(0, "RTP/AVP;unicast;client_port=41072-41073").status());
            assertEquals(
                    461,
                    client.setup(1, "RTP/AVP;unicast;client_port=41070-41073", session)
                            .status());
            assertEquals(
                    461,
                    third.setup(0, "RTP/AVP;unicast;client_port=41070-41075").status());
        }
    }

    @Test
    void overUdpTheServersPortsAreAnEvenOneAndTheNext_12_39() throws IOException {
        var transport =
                client.setup(0, "RTP/AVP;unicast;client_port=41000-41001").header("transport");
        var matcher = java.util.regex.Pattern.compile(
                        "RTP/AVP;unicast;client_port=41000-41001;server_port=(\\d+)-(\\d+);ssrc=[0-9A-F]{8};mode=\"PLAY\"")
                .matcher(transport);
        assertTrue(matcher.matches(), transport);
        int first = Integer.parseInt(matcher.group(1));
        assertEquals(0, first % 2);
        assertEquals(first + 1, Integer.parseInt(matcher.group(2)));
    }

    @Test
    void anUnknownTrackIsNotFound() throws IOException {
        assertEquals(404, client.setupTcp(7).status());
    }

    @Test
    void theWholeStreamCantBeSetUpAtOnce_11_3_11() throws IOException {
        assertEquals(
                459,
                client.request("SETUP", "Transport: RTP/AVP/TCP;interleaved=0-1")
                        .status());
    }

    @Test
    void tracksOfTwoPathsAreNotOneSession() throws IOException {
        var session = "Session: " + client.setupTcp(0).session();
        var other = client.requestUrl(
                "SETUP", client.url() + "/raw/trackID=1", session, "Transport: RTP/AVP/TCP;interleaved=2-3");
        assertEquals(459, other.status());
    }

    @Test
    void aTrackMayBeSetUpAgainWithAnotherTransport_10_4() throws IOException {
        var session = "Session: "
                + client.setup(0, "RTP/AVP;unicast;client_port=41010-41011").session();
        assertEquals(
                200, client.setup(0, "RTP/AVP/TCP;interleaved=0-1", session).status());
        assertEquals(
                200, client.setup(1, "RTP/AVP/TCP;interleaved=2-3", session).status());
        assertEquals(200, client.request("PLAY", session).status());
        assertEquals(0, client.frame(0).channel());
    }

    @Test
    void aTransportCantChangeWhileItPlays_10_4() throws IOException {
        var session = client.playTcp();
        assertEquals(
                455, client.setup(0, "RTP/AVP/TCP;interleaved=4-5", session).status());
    }

    @Test
    void transportsAreNotMixedInASession() throws IOException {
        var session = "Session: " + client.setupTcp(0).session();
        assertEquals(
                461,
                client.setup(1, "RTP/AVP;unicast;client_port=41020-41021", session)
                        .status());
    }

    @Test
    void theFirstOfSeveralTransportsThatIsKnownIsTaken_12_39() throws IOException {
        var response = client.setup(
                0,
                "RTP/AVP;multicast;ttl=127, RTP/SAVP/TCP;interleaved=0-1, RTP/AVP/TCP;unicast;interleaved=2-3,RTP/AVP");
        assertEquals(200, response.status());
        assertTrue(response.header("transport").contains("interleaved=2-3"));
    }

    @Test
    void whatNobodyKnowsIsUnsupported_11_3_12() throws IOException {
        assertEquals(461, client.setup(0, "RTP/AVP;multicast").status());
        assertEquals(
                461,
                client.setup(0, "RAW/RAW/UDP;unicast;client_port=1000-1001").status());
        assertEquals(
                461, client.setup(0, "RTP/AVP/TCP;interleaved=0-1;mode=record").status());
    }

    @Test
    void absentChannelsAreChosenByTheServer_12_39() throws IOException {
        var first = client.setup(0, "RTP/AVP/TCP;unicast");
        assertTrue(first.header("transport").contains("interleaved=0-1"));
        var second = client.setup(1, "RTP/AVP/TCP;unicast", "Session: " + first.session());
        assertTrue(second.header("transport").contains("interleaved=2-3"));
    }

    @Test
    void channelsThatAreNotAdjacentAreBad() throws IOException {
        assertEquals(400, client.setup(0, "RTP/AVP/TCP;interleaved=0-2").status());
        assertEquals(400, client.setup(0, "RTP/AVP/TCP;interleaved=x-y").status());
        assertEquals(400, client.setup(0, "RTP/AVP/TCP;interleaved=255-256").status());
    }

    @Test
    void channelsThatAreTakenAreNotGivenTwice() throws IOException {
        var session = "Session: " + client.setupTcp(0).session();
        assertEquals(
                461, client.setup(1, "RTP/AVP/TCP;interleaved=0-1", session).status());
        assertEquals(
                461, client.setup(1, "RTP/AVP/TCP;interleaved=1-2", session).status());
    }

    @Test
    void udpPortsMustBeNamed() throws IOException {
        assertEquals(400, client.setup(0, "RTP/AVP;unicast").status());
        assertEquals(400, client.setup(0, "RTP/AVP;unicast;client_port=0-1").status());
        assertEquals(
                400, client.setup(0, "RTP/AVP;unicast;client_port=70000-70001").status());
    }

    @Test
    void twoClientsOfOneHostCantNameTheSameUdpPorts() throws IOException {
        assertEquals(
                200, client.setup(0, "RTP/AVP;unicast;client_port=41030-41031").status());
        try (var other = server.connect("/demo")) {
            assertEquals(
                    461,
                    other.setup(0, "RTP/AVP;unicast;client_port=41030-41031").status());
            assertEquals(
                    461,
                    other.setup(0, "RTP/AVP;unicast;client_port=41029-41030").status());
        }
    }

    @Test
    void portsAreFreeAgainAfterTeardown_10_7() throws IOException {
        var session = client.setup(0, "RTP/AVP;unicast;client_port=41040-41041").session();
        assertEquals(200, client.request("TEARDOWN", "Session: " + session).status());
        try (var other = server.connect("/demo")) {
            assertEquals(
                    200,
                    other.setup(0, "RTP/AVP;unicast;client_port=41040-41041").status());
        }
    }

    @Test
    void aMalformedTransportIsBad() throws IOException {
        assertEquals(400, client.setup(0, "RTP/AVP,".repeat(40)).status());
    }

    @Test
    void aSessionOverTcpIsNotForAnotherConnection() throws IOException {
        var session = client.playTcp();
        try (var other = server.connect("/demo")) {
            assertEquals(454, other.request("PAUSE", session).status());
            assertEquals(454, other.request("TEARDOWN", session).status());
        }
        assertEquals(200, client.request("PAUSE", session).status());
    }

    @Test
    void twoSessionsOverTcpOnOneConnectionAreRefused() throws IOException {
        client.playTcp();
        assertEquals(455, client.setupTcp(1).status());
    }

    @Test
    void aSessionOverUdpGoesOnOverAnotherConnection_1_4() throws IOException {
        var session = "Session: "
                + client.setup(0, "RTP/AVP;unicast;client_port=41050-41051").session();
        try (var other = server.connect("/demo")) {
            assertEquals(200, other.request("PLAY", session).status());
            assertEquals(200, other.request("TEARDOWN", session).status());
        }
        assertEquals(454, client.request("PLAY", session).status());
    }

    @Test
    void sessionsHaveIdsThatCantBeGuessed_3_4() throws IOException {
        var first = client.setup(0, "RTP/AVP;unicast;client_port=41060-41061").session();
        var second = client.setup(0, "RTP/AVP;unicast;client_port=41062-41063").session();
        assertNotEquals(first, second);
        assertEquals(20, second.length());
    }

    @Test
    void aQueryBeforeOrBehindTheTrackDoesNotMatter() throws IOException {
        var tcp = "Transport: RTP/AVP/TCP;interleaved=0-1";
        for (var url : new String[] {
            client.url() + "?a=b/trackID=0", client.url() + "/trackID=0?a=b", client.url() + "?a=b&c=/d/trackID=0"
        }) {
            try (var other = server.connect("/demo")) {
                assertEquals(200, other.requestUrl("SETUP", url, tcp).status(), url);
            }
        }
    }
}
