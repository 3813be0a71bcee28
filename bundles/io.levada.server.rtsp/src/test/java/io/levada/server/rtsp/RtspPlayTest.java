/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.server.ReaderState;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The state machine: RFC 2326, 10.5 to 10.8, 12.29, 12.33, 12.37, A.2. */
class RtspPlayTest {

    private static final Pattern RTP_INFO = Pattern.compile("url=(\\S+?trackID=(\\d));seq=(\\d+);rtptime=(\\d+)");

    private static TestServer server;
    private static ServedClip clip;
    private RtspClient client;

    @BeforeAll
    static void serve() throws Exception {
        server = new TestServer(3, 5000);
        clip = server.serve(Programs.h264Aac(), "path", "/demo");
        server.serve(Programs.h264Aac(), "path", "/other");
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

    private static void awaitReaders(long count) {
        TestServer.await(count + " readers", Duration.ofSeconds(10), () -> clip.gauge("readers") == count);
    }

    @Test
    void playBeforeSetupIsNotValid_A_2() throws IOException {
        assertEquals(455, client.request("PLAY").status());
        assertEquals(455, client.request("PAUSE").status());
        assertEquals(455, client.request("TEARDOWN").status());
    }

    @Test
    void anUnknownSessionIsNotFound_11_3_5() throws IOException {
        for (var method : new String[] {"PLAY", "PAUSE", "TEARDOWN", "GET_PARAMETER", "OPTIONS", "SETUP"}) {
            assertEquals(454, client.request(method, "Session: 0123").status(), method);
        }
    }

    @Test
    void playingTwicePausingTwiceAndPlayingAgainIsFine_A_2() throws IOException {
        var session = client.playTcp();
        assertEquals(200, client.request("PLAY", session).status());
        assertEquals(200, client.request("PAUSE", session).status());
        assertEquals(200, client.request("PAUSE", session).status());
        assertEquals(200, client.request("PLAY", session).status());
        assertEquals(200, client.request("TEARDOWN", session).status());
        assertEquals(454, client.request("PLAY", session).status());
    }

    @Test
    void rtpInfoTellsTheFirstPacketsOfAllTracks_12_33() throws IOException {
        var session = "Session: " + client.setupTcp(0).session();
        client.setupTcp(1, session);
        var response = client.request("PLAY", session, "Range: npt=0.000-");
        assertEquals("npt=now-", response.header("range"));
        var info = RTP_INFO.matcher(response.header("rtp-info"));
        for (int track = 0; track < 2; track++) {
            assertTrue(info.find(), response.header("rtp-info"));
            assertEquals(client.url() + "/trackID=" + track, info.group(1));
            var first = client.frame(2 * track);
            assertEquals(Integer.parseInt(info.group(3)), first.sequence());
            assertEquals(Long.parseLong(info.group(4)), first.timestamp());
        }
    }

    @Test
    void theResponsePrecedesTheFirstPacket_10_12() throws IOException {
        client.playTcp();
        assertEquals(0, client.framesBefore());
    }

    @Test
    void someTracksMayBeLeftOut_10_5() throws IOException {
        var session = "Session: " + client.setupTcp(1).session();
        assertEquals(200, client.request("PLAY", session).status());
        for (int i = 0; i < 30; i++) {
            int channel = client.frame().channel();
            assertTrue(channel == 2 || channel == 3, "channel " + channel);
        }
    }

    @Test
    void aTrackOfSeveralCantPlayAlone_11_3_12() throws IOException {
        var session = "Session: " + client.setupTcp(0).session();
        client.setupTcp(1, session);
        assertEquals(
                460,
                client.requestUrl("PLAY", client.url() + "/trackID=0", session).status());
        assertEquals(200, client.requestUrl("PLAY", client.url() + "/", session).status());
    }

    @Test
    void aSessionIsForItsPathOnly() throws IOException {
        var session = "Session: " + client.setupTcp(0).session();
        assertEquals(
                404, client.requestUrl("PLAY", server.url("/other"), session).status());
    }

    @Test
    void aTrackIsPlayedByItsAbsoluteUrlWhereItIsTheOnlyOne_10_5() throws IOException {
        var session = "Session: " + client.setupTcp(0).session();
        var track = client.url() + "/trackID=0";
        var response = client.requestUrl("PLAY", track, session);
        assertEquals(200, response.status());
        assertTrue(response.header("rtp-info").startsWith("url=" + track + ";"), response.header("rtp-info"));
        assertEquals(200, client.requestUrl("PAUSE", track + "/", session).status());
        assertEquals(200, client.requestUrl("PLAY", client.url() + "/", session).status());
        assertEquals(200, client.requestUrl("TEARDOWN", track, session).status());
    }

    @Test
    void aRangeThatIsNoneIsInvalid_11_3_8() throws IOException {
        var session = "Session: " + client.setupTcp(0).session();
        assertEquals(457, client.request("PLAY", session, "Range: bytes=1-2").status());
        assertEquals(457, client.request("PLAY", session, "Range: npt=abc-").status());
        assertEquals(200, client.request("PLAY", session, "Range: npt=now-").status());
    }

    @Test
    void afterPauseItGoesOnWithoutALossIfItWasShort_10_6() throws IOException {
        var session = client.playTcp();
        int last = client.frame(0).sequence();
        for (int i = 0; i < 20; i++) {
            last = client.frame(0).sequence();
        }
        assertEquals(200, client.request("PAUSE", session).status());
        while (client.framesBefore() > 0) {
            var frame = client.frame();
            last = frame.channel() == 0 ? frame.sequence() : last;
        }
        var response = client.request("PLAY", session);
        assertEquals(200, response.status());
        var next = client.frame(0).sequence();
        assertEquals((last + 1) & 0xffff, next);
        var info = RTP_INFO.matcher(response.header("rtp-info"));
        assertTrue(info.find());
        assertEquals(next, Integer.parseInt(info.group(3)));
    }

    @Test
    void nothingComesWhilePaused_10_6() throws IOException {
        var session = client.playTcp();
        client.frame();
        client.request("PAUSE", session);
        while (client.framesBefore() > 0) {
            client.frame();
        }
        client.timeout(300);
        org.junit.jupiter.api.Assertions.assertThrows(java.net.SocketTimeoutException.class, client::frame);
    }

    @Test
    void aConnectionClosedWithoutTeardownFreesEverything() throws IOException {
        awaitReaders(0);
        client.playTcp();
        client.frame();
        awaitReaders(1);
        client.close();
        awaitReaders(0);
        TestServer.await("no session", Duration.ofSeconds(2), () -> server.server().readers().stream()
                .noneMatch(reader -> reader.transport().equals("tcp")));
    }

    @Test
    void overUdpASessionWithoutASignOfLifeTimesOut_12_37() throws IOException {
        awaitReaders(0);
        try (var rtp = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            var transport = "RTP/AVP;unicast;client_port=" + rtp.getLocalPort() + "-"
                    + (rtp.getLocalPort() == 65535 ? 65534 : rtp.getLocalPort() + 1);
            var setup = client.setup(0, transport);
            assertEquals(200, setup.status());
            assertTrue(setup.header("session").endsWith(";timeout=3"));
            assertEquals(
                    200, client.request("PLAY", "Session: " + setup.session()).status());
            awaitReaders(1);
            awaitReaders(0);
            assertEquals(
                    454, client.request("PAUSE", "Session: " + setup.session()).status());
        }
    }

    @Test
    void receiverReportsKeepAUdpSessionAliveAndAreCounted_12_37() throws Exception {
        awaitReaders(0);
        try (var rtp = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                var rtcp = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            var setup =
                    client.setup(0, "RTP/AVP;unicast;client_port=" + rtp.getLocalPort() + "-" + rtcp.getLocalPort());
            var ports = Pattern.compile("server_port=(\\d+)-(\\d+)").matcher(setup.header("transport"));
            assertTrue(ports.find());
            client.request("PLAY", "Session: " + setup.session());
            awaitReaders(1);
            var report = receiverReport(ssrc(setup), 7, 900);
            long end = System.nanoTime() + 5_000_000_000L;
            while (System.nanoTime() < end) {
                rtcp.send(new DatagramPacket(
                        report, report.length, InetAddress.getLoopbackAddress(), Integer.parseInt(ports.group(2))));
                rtcp.setSoTimeout(500);
                try {
                    rtcp.receive(new DatagramPacket(new byte[2000], 2000));
                } catch (java.net.SocketTimeoutException e) {
                    // reports of the sender come less often
                }
            }
            assertEquals(
                    200,
                    client.request("GET_PARAMETER", "Session: " + setup.session())
                            .status());
            assertEquals(1, clip.gauge("readers"));
            var reader = server.server().readers().stream()
                    .filter(each -> each.transport().equals("udp") && each.state() == ReaderState.PLAYING)
                    .findFirst()
                    .orElseThrow();
            var reception = reader.reception().orElseThrow();
            assertEquals(7, reception.lost());
            assertEquals(0.5, reception.lossRatio());
            assertEquals(10_000_000, reception.jitter(), "900 ticks of 90 kHz");
            assertEquals(0, reception.roundTrip(), "it has had no report yet");
            client.request("TEARDOWN", "Session: " + setup.session());
            awaitReaders(0);
        }
    }

    private static int ssrc(RtspClient.Response setup) {
        return Integer.parseUnsignedInt(setup.header("transport").replaceAll(".*;ssrc=(\\w+).*", "$1"), 16);
    }

    private static byte[] receiverReport(int ssrc, int lost, int jitter) {
        return ByteBuffer.allocate(32)
                .put((byte) 0x81)
                .put((byte) 201)
                .putShort((short) 7)
                .putInt(99)
                .putInt(ssrc)
                .putInt(128 << 24 | lost)
                .putInt(5)
                .putInt(jitter)
                .putInt(0)
                .putInt(0)
                .array();
    }

    @Test
    void requestsKeepAUdpSessionAlive_12_37() throws Exception {
        var setup = client.setup(0, "RTP/AVP;unicast;client_port=41100-41101");
        var session = "Session: " + setup.session();
        client.request("PLAY", session);
        long end = System.nanoTime() + 5_000_000_000L;
        while (System.nanoTime() < end) {
            assertEquals(200, client.request("GET_PARAMETER", session).status());
            assertEquals(200, client.request("OPTIONS", session).status());
            java.util.concurrent.locks.LockSupport.parkNanos(300_000_000);
        }
        assertEquals(200, client.request("TEARDOWN", session).status());
    }

    @Test
    void aSessionThatIsOnlySetUpTimesOutOverTcpToo_12_37() throws Exception {
        var session = "Session: " + client.setupTcp(0).session();
        TestServer.await("the session's end", Duration.ofSeconds(8), () -> server.server().readers().stream()
                .noneMatch(reader -> reader.transport().equals("tcp") && reader.state() == ReaderState.PAUSED));
        assertEquals(454, client.request("PLAY", session).status());
    }

    @Test
    void aConnectionWithoutASessionIsClosedWhenItIsIdle() throws Exception {
        client.request("OPTIONS");
        assertTrue(client.closedByServer());
    }

    private static final byte[][] MALFORMED = {
        {},
        {1},
        {(byte) 0x81, (byte) 201, (byte) 0xff, (byte) 0xff},
        {(byte) 0x9f, (byte) 201, 0, 1, 0, 0, 0, 0},
        new byte[65_000]
    };

    @Test
    void malformedRtcpChangesNothing_rfc3550_A_2() throws Exception {
        var session = client.playTcp();
        for (var packet : MALFORMED) {
            client.sendFrame(1, packet);
            client.sendFrame(0, packet);
            client.sendFrame(77, packet);
        }
        assertEquals(200, client.request("GET_PARAMETER", session).status());
        client.frame(0);
    }

    @Test
    void malformedDatagramsChangeNothing_rfc3550_A_2() throws Exception {
        try (var rtp = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                var rtcp = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            var setup =
                    client.setup(0, "RTP/AVP;unicast;client_port=" + rtp.getLocalPort() + "-" + rtcp.getLocalPort());
            var ports = Pattern.compile("server_port=(\\d+)-(\\d+)").matcher(setup.header("transport"));
            assertTrue(ports.find());
            var session = "Session: " + setup.session();
            client.request("PLAY", session);
            for (var packet : MALFORMED) {
                for (var port : List.of(ports.group(1), ports.group(2))) {
                    var to = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port));
                    rtp.send(new DatagramPacket(packet, packet.length, to));
                    rtcp.send(new DatagramPacket(packet, packet.length, to));
                }
            }
            assertEquals(200, client.request("GET_PARAMETER", session).status());
            rtp.setSoTimeout(5000);
            rtp.receive(new DatagramPacket(new byte[2000], 2000));
            assertEquals(200, client.request("TEARDOWN", session).status());
        }
    }
}
