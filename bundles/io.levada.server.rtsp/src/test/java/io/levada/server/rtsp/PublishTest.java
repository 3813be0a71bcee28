/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What publishers send, when they come and go, and what becomes of it. */
class PublishTest extends PublishFixture {

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
