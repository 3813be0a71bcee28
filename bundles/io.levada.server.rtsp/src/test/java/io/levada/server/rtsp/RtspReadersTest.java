/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.TimeBase;
import io.levada.api.server.ReaderState;
import io.levada.api.server.ReaderStatus;
import io.levada.server.rtsp.auth.AccessSettings;
import io.levada.server.rtsp.auth.Networks;
import io.levada.server.rtsp.auth.Permission;
import io.levada.testkit.Packets;
import io.levada.testkit.StageHarness;
import io.levada.users.FileUsers;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of readers. */
class RtspReadersTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    /** Interleaved: a header of 4 bytes before each packet. */
    private static final int PREFIX = 4;

    private final TestServer server = new TestServer();
    private StageHarness stage;
    private int pictures;

    @BeforeEach
    void serve() throws Exception {
        stage = StageHarness.with(new RtspServerStage(server.server()))
                .named("lobby", "live")
                .parameters(Map.of("path", "/demo", "queue-bytes", "300 kB", "evict-after", "1 s"))
                .open();
        stage.feed(Packets.video("vp8", 64, 48));
        picture(3000);
    }

    @AfterEach
    void stop() {
        stage.close();
        server.close();
    }

    private void picture(int bytes) {
        stage.feed(
                Packets.of(new TimeBase(1, 90_000), 3600).at(3600L * pictures++).keyframe(new byte[bytes]));
    }

    private List<ReaderStatus> readers() {
        return server.server().readers();
    }

    private ReaderStatus reader() {
        assertEquals(1, readers().size());
        return readers().get(0);
    }

    private void awaitState(ReaderState state) {
        TestServer.await(
                "a reader is " + state, SOON, () -> readers().stream().anyMatch(reader -> reader.state() == state));
    }

    @Test
    void aReaderIsListedWithWhereItIsAndWhatItReads() throws Exception {
        var before = Instant.now();
        try (var client = server.connect("/demo")) {
            var session = client.setupTcp(0).session();
            var reader = reader();
            assertEquals(ReaderState.PAUSED, reader.state());
            assertEquals("lobby", reader.pipeline());
            assertEquals("live", reader.stage());
            assertEquals("/demo", reader.path());
            assertEquals("rtsp", reader.protocol());
            assertEquals("tcp", reader.transport());
            assertEquals("", reader.user());
            assertTrue(reader.address().matches("127\\.0\\.0\\.1:\\d+"), reader.address());
            assertFalse(reader.since().isBefore(before));
            assertFalse(reader.id().contains(session), "who knows the session may use it");
        }
        TestServer.await("it is gone", SOON, () -> readers().isEmpty());
        assertEquals(List.of(), server.server().ended(), "it went by itself");
    }

    @Test
    void whatItIsSentIsCountedAcrossAPause() throws Exception {
        try (var client = server.connect("/demo")) {
            var session = client.playTcp();
            awaitState(ReaderState.PLAYING);
            long bytes = 0;
            for (int i = 0; i < 3; i++) { // the packets of a picture
                bytes += PREFIX + client.frame(0).packet().remaining();
            }
            TestServer.await("they are counted", SOON, () -> reader().packets() == 3);
            long first = bytes;
            TestServer.await("their bytes and the first report's", SOON, () -> reader().bytes() > first);
            assertEquals(200, client.request("PAUSE", session).status());
            assertEquals(ReaderState.PAUSED, reader().state());
            assertEquals(3, reader().packets());
            picture(100);
            assertEquals(200, client.request("PLAY", session).status());
            TestServer.await("it goes on", SOON, () -> reader().packets() == 4);
            assertEquals(0, reader().dropped());
            assertEquals(0, reader().skips());
            assertEquals(0, reader().queued());
        }
    }

    @Test
    void twoReadersHaveTwoIds() throws Exception {
        try (var one = server.connect("/demo");
                var other = server.connect("/demo")) {
            one.playTcp();
            other.playTcp();
            assertEquals(2, readers().size());
            assertNotEquals(readers().get(0).id(), readers().get(1).id());
        }
    }

    @Test
    void aReaderThatDoesNotReadIsSkippedThenEndedAndListedWithTheReason() throws Exception {
        try (var client = new RtspClient(server.address(), "/demo", 4096)) {
            client.playTcp();
            var id = reader().id();
            long end = System.nanoTime() + SOON.toNanos();
            while (stage.gauge("evicted") == 0 && System.nanoTime() < end) {
                picture(100_000);
                java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
            }
            TestServer.await("it is gone", SOON, () -> readers().isEmpty());
            var ended = server.server().ended();
            assertEquals(1, ended.size());
            assertEquals("read too slowly for 1 s", ended.get(0).reason());
            var last = ended.get(0).reader();
            assertEquals(id, last.id());
            assertTrue(last.skips() > 0, last.toString());
            assertTrue(last.dropped() > 0, last.toString());
            assertFalse(ended.get(0).at().isBefore(last.since()));
        }
    }

    @Test
    void aStreamThatEndsEndsItsReaders() throws Exception {
        try (var client = server.connect("/demo")) {
            client.playTcp();
            awaitState(ReaderState.PLAYING);
            stage.close();
            TestServer.await("it is gone", SOON, () -> readers().isEmpty());
            assertEquals("the stream has ended", server.server().ended().get(0).reason());
        }
    }

    @Test
    void theRoundTripIsWhatItsReportsSay_rfc3550_6_4_1() throws Exception {
        try (var client = server.connect("/demo")) {
            client.playTcp();
            var report = client.frame(1).packet();
            int lastReport = report.getInt(10); // the middle of the NTP timestamp
            var answer = ByteBuffer.allocate(32)
                    .put((byte) 0x81)
                    .put((byte) 201)
                    .putShort((short) 7)
                    .putInt(99)
                    .putInt(report.getInt(4))
                    .putInt(0)
                    .putInt(5)
                    .putInt(0)
                    .putInt(lastReport - 65536) // as if it were of a second earlier
                    .putInt(32768); // and had been kept for half a second
            client.sendFrame(1, answer.array());
            TestServer.await("it is told", SOON, () -> reader().reception().isPresent());
            long roundTrip = reader().reception().orElseThrow().roundTrip();
            assertTrue(roundTrip >= 500_000_000L && roundTrip < SOON.toNanos(), roundTrip + " ns");
        }
    }

    @Test
    void reportsOnWhatIsNotOursAreIgnored() throws Exception {
        try (var client = server.connect("/demo")) {
            var session = client.playTcp();
            client.sendFrame(
                    1,
                    ByteBuffer.allocate(32)
                            .put((byte) 0x81)
                            .put((byte) 201)
                            .putShort((short) 7)
                            .array());
            assertEquals(200, client.request("GET_PARAMETER", session).status());
            assertTrue(reader().reception().isEmpty());
        }
    }

    @Test
    void overUdpItIsListedAsSuch() throws Exception {
        try (var rtp = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                var rtcp = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                var client = server.connect("/demo")) {
            rtp.setSoTimeout((int) SOON.toMillis());
            var setup =
                    client.setup(0, "RTP/AVP;unicast;client_port=" + rtp.getLocalPort() + "-" + rtcp.getLocalPort());
            client.request("PLAY", "Session: " + setup.session());
            rtp.receive(new DatagramPacket(new byte[2000], 2000));
            TestServer.await("three packets", SOON, () -> reader().packets() == 3);
            assertEquals("udp", reader().transport());
        }
    }

    @Test
    void whoSignedInIsNamed(@TempDir Path folder) throws IOException {
        var users = new FileUsers(folder.resolve("users"));
        users.setPassword("anna", "annas password".toCharArray());
        var signedIn = new AccessSettings(Permission.parse("users"), true, false, Networks.NONE, Networks.NONE);
        server.server().bindUsers(users);
        server.server().take(TestServer.settings("127.0.0.1", signedIn, TlsSettings.OFF));
        try (var client = server.connect("/demo")) {
            assertEquals(401, client.setupTcp(0).status());
            assertEquals(
                    200,
                    client.setupTcp(0, Proof.basic("anna", "annas password")).status());
            assertEquals("anna", reader().user());
        }
    }

    @Test
    void whoListsReadersNeedsNoServer() {
        assertEquals(List.of(), new RtspReaders().readers());
        assertEquals(List.of(), new RtspReaders().ended());
    }
}
