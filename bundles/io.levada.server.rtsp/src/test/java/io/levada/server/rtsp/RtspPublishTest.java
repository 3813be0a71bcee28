/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ANNOUNCE and RECORD at wire level (RFC 2326, 10.3, 10.11). */
class RtspPublishTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private static final String HEAD = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n";
    private static final String VOICE = "m=audio 0 RTP/AVP 0\r\na=control:streamid=0\r\n";
    private static final String OTHER_VOICE = "m=audio 0 RTP/AVP 8\r\na=control:streamid=1\r\n";

    private final TestServer server = new TestServer();

    @AfterEach
    void stop() {
        paths.forEach(PublishedPath::close);
        server.close();
    }

    private final List<PublishedPath> paths = new ArrayList<>();

    private PublishedPath path(String... more) {
        var all = new String[more.length + 2];
        all[0] = "path";
        all[1] = "/cam";
        System.arraycopy(more, 0, all, 2, more.length);
        var path = new PublishedPath(server.server(), all);
        paths.add(path);
        return path;
    }

    private static RtspClient.Response announce(RtspClient client, String sdp) throws IOException {
        return client.requestWith(sdp, "ANNOUNCE", "Content-Type: application/sdp");
    }

    private static RtspClient.Response setUp(RtspClient client, String control, String transport, String... headers)
            throws IOException {
        var all = new String[headers.length + 1];
        System.arraycopy(headers, 0, all, 0, headers.length);
        all[headers.length] = "Transport: " + transport;
        return client.requestUrl("SETUP", client.url() + "/" + control, all);
    }

    private static String interleaved(int track) {
        return "RTP/AVP/TCP;unicast;interleaved=" + 2 * track + "-" + (2 * track + 1) + ";mode=record";
    }

    /** Publishes one voice over TCP; returns the session's header line. */
    private static String publish(RtspClient client) throws IOException {
        var announced = announce(client, HEAD + VOICE);
        assertEquals(200, announced.status(), announced.reason());
        var session = "Session: " + announced.session();
        assertEquals(200, setUp(client, "streamid=0", interleaved(0), session).status());
        var recording = client.request("RECORD", session, "Range: npt=0.000-");
        assertEquals(200, recording.status(), recording.reason());
        return session;
    }

    /** 20 ms of G.711. */
    private static byte[] voice(int sequence, int ssrc) {
        var packet = ByteBuffer.allocate(172);
        packet.put((byte) 0x80).put((byte) 0).putShort((short) sequence);
        packet.putInt(sequence * 160).putInt(ssrc);
        for (int i = 0; i < 160; i++) {
            packet.put((byte) sequence);
        }
        return packet.array();
    }

    @Test
    void whatIsPublishedComesOutOfTheSource() throws Exception {
        var path = path();
        try (var client = server.connect("/cam")) {
            TestServer.await("who is missing", SOON, () -> path.waiting().equals("waits for a publisher at /cam"));
            publish(client);
            for (int i = 0; i < 50; i++) {
                client.sendFrame(0, voice(i, 7));
            }
            TestServer.await("all packets", SOON, () -> path.units("audio").size() == 50);
            for (int i = 0; i < 50; i++) {
                var unit = path.units("audio").get(i);
                assertEquals(160, unit.data().length);
                assertEquals((byte) i, unit.data()[0]);
                assertEquals(i * 160L, unit.pts() - path.units("audio").get(0).pts());
            }
            assertEquals("pcm_mulaw", path.formats("audio").get(0).codec());
            assertEquals("", path.waiting());
            assertEquals(1, path.gauge("publishers"));
            assertEquals(50, path.gauge("received-packets"));
            assertEquals(50 * 172, path.gauge("received-bytes"));
            var publisher = server.server().publishers().get(0);
            assertEquals(
                    "test/in /cam tcp",
                    publisher.pipeline() + "/" + publisher.stage() + " " + publisher.path() + " "
                            + publisher.transport());
            assertEquals(50, publisher.packets());
            assertEquals(50 * 172, publisher.bytes());
            assertEquals(0, publisher.lost());
        }
    }

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
    void whatWaitsForASilentTrackIsBounded_andNothingOfItIsLost() throws Exception {
        var path = path();
        try (var client = server.connect("/cam")) {
            var silent = "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:streamid=1\r\n";
            var session = "Session: " + announce(client, HEAD + VOICE + silent).session();
            setUp(client, "streamid=0", interleaved(0), session);
            setUp(client, "streamid=1", interleaved(1), session);
            assertEquals(200, client.request("RECORD", session).status());
            for (int i = 0; i < 600; i++) {
                client.sendFrame(0, voice(i, 7));
            }
            TestServer.await("all packets", SOON, () -> path.units("audio").size() == 600);
            assertEquals(0, path.units("audio").get(0).data()[0]);
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

    @Test
    void aSecondPublisherIsRefused() throws Exception {
        var path = path();
        try (var first = server.connect("/cam");
                var second = server.connect("/cam");
                var late = server.connect("/cam")) {
            announce(late, HEAD + VOICE);
            setUp(late, "streamid=0", interleaved(0));
            publish(first);
            var refused = announce(second, HEAD + VOICE);
            assertEquals(455, refused.status());
            assertEquals("/cam has a publisher already", refused.reason());
            assertEquals(455, late.request("RECORD").status(), "it announced before the first began");
            first.sendFrame(0, voice(1, 7));
            TestServer.await(
                    "the first goes on", SOON, () -> path.units("audio").size() == 1);
        }
    }

    @Test
    void aSecondPublisherReplacesTheFirst() throws Exception {
        var path = path("on-second", "replace");
        try (var first = server.connect("/cam");
                var second = server.connect("/cam")) {
            publish(first);
            first.sendFrame(0, voice(1, 7));
            TestServer.await("the first", SOON, () -> path.units("audio").size() == 1);
            publish(second);
            assertTrue(first.closedByServer());
            second.sendFrame(0, voice(1000, 8));
            second.sendFrame(0, voice(1001, 8));
            TestServer.await("the second", SOON, () -> path.units("audio").size() == 3);
            var units = path.units("audio");
            assertEquals((byte) 1000, units.get(1).data()[0]);
            assertTrue(units.get(1).dts() > units.get(0).dts());
            assertEquals(160, units.get(2).dts() - units.get(1).dts());
            assertEquals(units.get(0).epoch() + 1, units.get(1).epoch());
            assertTrue(units.get(1).discontinuity());
            assertFalse(units.get(2).discontinuity());
            assertEquals(1, path.formats("audio").size(), "nothing else follows");
        }
    }

    @Test
    void aPublisherThatTearsDownLeavesThePathToTheNext() throws Exception {
        var path = path();
        try (var first = server.connect("/cam");
                var second = server.connect("/cam")) {
            var session = publish(first);
            first.sendFrame(0, voice(1, 7));
            assertEquals(200, first.request("TEARDOWN", session).status());
            TestServer.await("why nobody publishes", SOON, () -> path.waiting().contains("ended its session"));
            assertTrue(path.waiting().startsWith("waits for a publisher at /cam (127.0.0.1:"), path.waiting());
            assertEquals(0, path.gauge("publishers"));
            publish(second);
            second.sendFrame(0, voice(1, 7));
            TestServer.await("the next", SOON, () -> path.units("audio").size() == 2);
            assertEquals(2, path.gauge("received-packets"), "of both");
        }
    }

    @Test
    void aConnectionThatClosesEndsItsPublisher() throws Exception {
        var path = path();
        try (var client = server.connect("/cam")) {
            publish(client);
            client.sendFrame(0, voice(1, 7));
            TestServer.await("a packet", SOON, () -> path.units("audio").size() == 1);
        }
        TestServer.await("why nobody publishes", SOON, () -> path.waiting().contains("closed its connection"));
    }

    @Test
    void aPublisherThatSendsNothingIsSentAway() throws Exception {
        var path = path("read-timeout", "1 s");
        try (var client = server.connect("/cam")) {
            publish(client);
            assertTrue(client.closedByServer());
            TestServer.await("why nobody publishes", SOON, () -> path.waiting().contains("sent nothing for 1 s"));
        }
    }

    @Test
    void aGoodByeEndsThePublisher_rfc3550_6_6() throws Exception {
        var path = path();
        try (var client = server.connect("/cam")) {
            var session = publish(client);
            client.sendFrame(0, voice(1, 7));
            client.sendFrame(1, new byte[] {(byte) 0x81, (byte) 203, 0, 1, 0, 0, 0, 8});
            client.sendFrame(0, voice(2, 7));
            TestServer.await(
                    "somebody else's changes nothing",
                    SOON,
                    () -> path.units("audio").size() == 2);
            client.sendFrame(1, new byte[] {(byte) 0x81, (byte) 203, 0, 1, 0, 0, 0, 7});
            TestServer.await("its own", SOON, () -> path.waiting().contains("said good-bye"));
            assertEquals(455, client.request("RECORD", session).status());
            assertEquals(200, client.request("TEARDOWN", session).status());
        }
    }

    /** An end would be for good: a decoder that has read to the end of its only input is done. */
    @Test
    void aTrackThatTheNextPublisherHasNotIsSilent_untilThereIsOneThatHasIt() throws Exception {
        var path = path();
        try (var first = server.connect("/cam")) {
            publish(first);
            TestServer.await("what is awaited", SOON, () -> path.waiting().startsWith("waits for the first packet of"));
            first.sendFrame(0, voice(1, 7));
            TestServer.await("a packet", SOON, () -> path.units("audio").size() == 1);
        }
        TestServer.await("the end", SOON, () -> path.waiting().contains("closed"));
        try (var second = server.connect("/cam")) {
            var sdp = HEAD + "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n";
            assertEquals(200, announce(second, sdp).status());
            assertEquals(200, setUp(second, "", interleaved(0)).status());
            assertEquals(200, second.request("RECORD").status());
            TestServer.await(
                    "what is awaited", SOON, () -> path.waiting().startsWith("waits for the first keyframe of"));
        }
        TestServer.await("the end", SOON, () -> path.waiting().contains("closed"));
        try (var third = server.connect("/cam")) {
            publish(third);
            third.sendFrame(0, voice(1, 7));
            TestServer.await("sound again", SOON, () -> path.units("audio").size() == 2);
        }
        assertEquals(List.of(), path.ended());
    }

    @Test
    void theSourcesEndClosesItsPublishersConnection() throws Exception {
        var path = path();
        try (var client = server.connect("/cam")) {
            publish(client);
            path.close();
            assertTrue(client.closedByServer());
        }
        try (var client = server.connect("/cam")) {
            assertEquals(404, announce(client, HEAD + VOICE).status());
        }
    }

    @Test
    void aPausedPublisherIsHeardAgainAfterRecord() throws Exception {
        var path = path();
        try (var client = server.connect("/cam")) {
            var session = publish(client);
            client.sendFrame(0, voice(1, 7));
            assertEquals(200, client.request("PAUSE", session).status());
            client.sendFrame(0, voice(2, 7));
            assertEquals(200, client.request("RECORD", session).status());
            client.sendFrame(0, voice(3, 7));
            TestServer.await("two packets", SOON, () -> path.units("audio").size() == 2);
            assertEquals(3, path.units("audio").get(1).data()[0]);
        }
    }

    @Test
    void whatIsNoPacketOfTheTrackChangesNothing_rfc3550_A_1() throws Exception {
        var path = path();
        try (var client = server.connect("/cam")) {
            publish(client);
            client.sendFrame(0, voice(1, 7));
            var otherType = voice(2, 7);
            otherType[1] = 8;
            var otherVersion = voice(2, 7);
            otherVersion[0] = 0x40;
            client.sendFrame(0, otherType);
            client.sendFrame(0, otherVersion);
            client.sendFrame(0, new byte[0]);
            client.sendFrame(0, new byte[11]);
            client.sendFrame(0, voice(2, 9)); // a stray packet of somebody else
            client.sendFrame(1, new byte[] {(byte) 0x80, (byte) 200, 0, 6, 0, 0, 0, 7});
            client.sendFrame(1, new byte[] {(byte) 0x80, (byte) 200});
            client.sendFrame(0, voice(2, 7));
            TestServer.await("the packets", SOON, () -> path.units("audio").size() == 2);
            assertEquals(2, path.gauge("received-packets"));
            assertEquals(0, path.gauge("lost-packets"));
        }
    }

    @Test
    void anEncoderThatBeginsAnewUnderAnotherNameGoesOn_rfc3550_8_2() throws Exception {
        var path = path();
        try (var client = server.connect("/cam")) {
            publish(client);
            client.sendFrame(0, voice(1, 7));
            client.sendFrame(0, voice(30_000, 9)); // the first of another one is not believed
            client.sendFrame(0, voice(30_001, 9));
            client.sendFrame(0, voice(30_002, 9));
            TestServer.await("the packets", SOON, () -> path.units("audio").size() == 3);
            var units = path.units("audio");
            assertTrue(units.get(1).dts() > units.get(0).dts());
            assertEquals(units.get(0).epoch() + 1, units.get(1).epoch());
            assertEquals(160, units.get(2).dts() - units.get(1).dts());
            assertEquals(0, path.gauge("lost-packets"));
        }
    }

    @Test
    void itsReceptionIsReportedToThePublisher_rfc3550_6_4() throws Exception {
        var path = path();
        try (var client = server.connect("/cam")) {
            client.timeout(15_000);
            publish(client);
            for (int i = 0; i < 10; i++) {
                if (i != 5) {
                    client.sendFrame(0, voice(65_530 + i, 7));
                }
            }
            TestServer.await("the packets", SOON, () -> path.units("audio").size() == 9);
            assertEquals(1, path.gauge("lost-packets"));
            var report = client.frame(1).packet();
            while (report.getInt(16) != 65_539) { // the highest number, with its cycle
                report = client.frame(1).packet();
            }
            assertEquals((byte) 0x81, report.get(0));
            assertEquals((byte) 201, report.get(1));
            assertEquals(7, report.getInt(8), "about whom");
            assertEquals(1, report.getInt(12) & 0xffffff, "lost");
            assertEquals((byte) 202, report.get(33), "who says so");
        }
    }
}
