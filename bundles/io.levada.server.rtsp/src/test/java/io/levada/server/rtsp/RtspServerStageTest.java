/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.MediaKind;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.TimeBase;
import io.levada.api.server.ReaderState;
import io.levada.api.stage.Request;
import io.levada.api.stage.StageException;
import io.levada.testkit.Accepts;
import io.levada.testkit.Packets;
import io.levada.testkit.StageHarness;
import io.levada.testkit.StageTck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RtspServerStageTest {

    private static final Map<String, String> DEMO = Map.of("path", "/demo");

    private final TestServer server = new TestServer();

    @AfterEach
    void stop() {
        server.close();
    }

    private static Packets packets() {
        return Packets.of(TimeBase.RTP_VIDEO, 3600);
    }

    @Test
    void keepsTheStageContract() {
        var servers = List.of(new TestServer(), new TestServer(), new TestServer());
        var next = new AtomicInteger();
        try {
            // Warm: the servers' threads are theirs, not the stages'.
            servers.forEach(each ->
                    StageHarness.of(new RtspServerStage(each.server()), DEMO).close());
            var video = Accepts.stream(
                            Packets.video("vp8", 64, 48),
                            (round, index) -> index == 0
                                    ? packets()
                                            .epoch(round)
                                            .at(3600L * 1000 * round)
                                            .keyframe(frame(true))
                                    : packets()
                                            .epoch(round)
                                            .at(3600L * (1000 * round + index))
                                            .delta(frame(false)))
                    .changingTo(Packets.video("vp8", 98, 50), (round, index) -> packets()
                            .epoch(round)
                            .at(3600L * (1000 * round + index))
                            .keyframe(frame(true)))
                    .parameters(DEMO);
            var audio = Accepts.stream(
                    Packets.audio("opus", 48_000, 2), (round, index) -> Packets.of(new TimeBase(1, 48_000), 960)
                            .epoch(round)
                            .at(960L * (1000 * round + index))
                            .keyframe(new byte[40]));
            StageTck.verify(
                    () -> new RtspServerStage(
                            servers.get(next.getAndIncrement() % servers.size()).server()),
                    video,
                    video.with(audio),
                    audio.parameters(DEMO));
        } finally {
            servers.forEach(TestServer::close);
        }
    }

    private static byte[] frame(boolean keyframe) {
        var frame = new byte[3000];
        frame[0] = (byte) (keyframe ? 0 : 1);
        return frame;
    }

    @Test
    void aPathThatIsTakenIsTriedAgainAndNamesTheOther() {
        try (var first = StageHarness.with(new RtspServerStage(server.server()))
                .named("gate", "live")
                .parameters(DEMO)
                .open()) {
            var error = assertThrows(StageException.class, () -> StageHarness.with(new RtspServerStage(server.server()))
                    .named("lobby", "live")
                    .parameters(DEMO)
                    .open());
            assertEquals(StageException.Kind.RETRY, error.kind());
            assertEquals("/demo is already served by gate/live", error.getMessage());
            assertEquals("path", error.parameter().orElseThrow());
            assertEquals(0, first.gauge("readers"));
        }
        StageHarness.with(new RtspServerStage(server.server()))
                .named("lobby", "live")
                .parameters(DEMO)
                .open()
                .close();
    }

    @Test
    void aPathIsFreeAgainAfterItsStageClosed() {
        StageHarness.of(new RtspServerStage(server.server()), DEMO).close();
        StageHarness.of(new RtspServerStage(server.server()), DEMO).close();
    }

    @Test
    void theSameStageMayReplaceItself() throws Exception {
        var old = StageHarness.of(new RtspServerStage(server.server()), DEMO);
        try (var replacement = StageHarness.of(new RtspServerStage(server.server()), DEMO)) {
            old.close();
            replacement.feed(Packets.video("vp8", 64, 48));
            try (var client = server.connect("/demo")) {
                assertEquals(200, client.request("DESCRIBE").status());
            }
        }
    }

    @Test
    void aPathThatIsNoneIsInvalid() {
        for (var path : new String[] {"", "demo", "/", "/a/", "//", "/a b", "/a/../b", "/a?b", "/a/trackID=1"}) {
            var error = assertThrows(
                    StageException.class,
                    () -> StageHarness.of(new RtspServerStage(server.server()), Map.of("path", path)),
                    path);
            assertEquals(StageException.Kind.INVALID, error.kind());
            assertEquals("path", error.parameter().orElseThrow());
            assertTrue(error.remedy().isPresent());
        }
    }

    @Test
    void aSizeThatIsNoneIsInvalid() {
        var error = assertThrows(
                StageException.class,
                () -> StageHarness.of(
                        new RtspServerStage(server.server()), Map.of("path", "/demo", "gop-bytes", "much")));
        assertEquals("gop-bytes", error.parameter().orElseThrow());
    }

    @Test
    void aPortInUseIsTriedAgainAndNamesPortAndRemedy() throws Exception {
        int port = freePort();
        try (var other = new TestServer(
                TestServer.settings("127.0.0.1", port, 0, 1, TestServer.SOCKETS, 10, 60, 1000, 64 << 20))) {
            try (var taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                assertEquals(port, taken.getLocalPort());
                var error = assertThrows(
                        StageException.class, () -> StageHarness.of(new RtspServerStage(other.server()), DEMO));
                assertEquals(StageException.Kind.RETRY, error.kind());
                assertTrue(error.getMessage().contains("127.0.0.1:" + port), error.getMessage());
                assertTrue(error.getMessage().contains("in use"), error.getMessage());
                assertTrue(error.remedy().orElseThrow().contains("etc/io.levada.server.rtsp.cfg"));
            }
            StageHarness.of(new RtspServerStage(other.server()), DEMO).close();
        }
    }

    @Test
    void aCodecThatRtpCantCarryIsInvalid() {
        try (var stage = StageHarness.of(new RtspServerStage(server.server()), DEMO)) {
            var error = assertThrows(StageException.class, () -> stage.feed(Packets.video("ffv1", 64, 48)));
            assertEquals(StageException.Kind.INVALID, error.kind());
            assertTrue(error.getMessage().contains("ffv1"), error.getMessage());
            assertTrue(error.remedy().isPresent());
        }
    }

    @Test
    void aTrackThatIsNeitherVideoNorAudioIsLeftOut() throws Exception {
        try (var stage = StageHarness.with(new RtspServerStage(server.server()))
                        .inputs("cam:video", "cam:data")
                        .parameters(DEMO)
                        .open();
                var client = server.connect("/demo")) {
            stage.feed(0, Packets.video("vp8", 64, 48));
            stage.feed(1, PacketFormat.of(MediaKind.DATA, "bin_data").build());
            stage.feed(1, packets().keyframe(new byte[10]));
            assertFalse(client.request("DESCRIBE").body().contains("trackID=1"));
            assertEquals(1, stage.warnings().size());
        }
    }

    @Test
    void aNewReaderAsksForAKeyframe() throws Exception {
        try (var stage = StageHarness.of(new RtspServerStage(server.server()), DEMO);
                var client = server.connect("/demo")) {
            stage.feed(Packets.video("vp8", 64, 48));
            client.setupTcp(0);
            TestServer.await(
                    "a request", Duration.ofSeconds(2), () -> stage.requests(0).contains(Request.keyframe()));
        }
    }

    @Test
    void nothingIsNeededUntilSomebodyAsks() throws Exception {
        try (var stage = StageHarness.of(new RtspServerStage(server.server()), DEMO);
                var client = server.connect("/demo")) {
            assertFalse(stage.demanding());
            stage.feed(Packets.video("vp8", 64, 48));
            assertFalse(stage.demanding());
            client.request("DESCRIBE");
            assertTrue(stage.demanding());
        }
    }

    @Test
    void whoDescribesAStreamThatSleepsWakesItAndWaits() throws Exception {
        try (var stage = StageHarness.of(new RtspServerStage(server.server()), DEMO);
                var client = server.connect("/demo")) {
            var described = CompletableFuture.supplyAsync(() -> {
                try {
                    return client.request("DESCRIBE").status();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            TestServer.await("it is needed", Duration.ofSeconds(2), stage::demanding);
            stage.feed(Packets.video("vp8", 64, 48));
            assertEquals(200, described.get());
        }
    }

    @Test
    void aReaderThatComesBeforeTheFirstKeyframeGetsIt() throws Exception {
        try (var stage = StageHarness.of(new RtspServerStage(server.server()), DEMO);
                var client = server.connect("/demo")) {
            stage.feed(Packets.video("vp8", 64, 48));
            stage.feed(packets().delta(frame(false)));
            var session = "Session: " + client.setupTcp(0).session();
            var playing = CompletableFuture.supplyAsync(() -> {
                try {
                    return client.request("PLAY", session);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            TestServer.await("the session", Duration.ofSeconds(2), () -> server.server().readers().stream()
                    .anyMatch(reader -> reader.state() == ReaderState.WAITING));
            stage.feed(packets().at(3600).keyframe(frame(true)));
            var response = playing.join();
            assertTrue(response.header("rtp-info").contains("seq="), response.header("rtp-info"));
            assertEquals(1, stage.gauge("readers"));
        }
    }

    @Test
    void whoGoesOnWhileTheSourceIsStalledIsAnswered() throws Exception {
        try (var stage = StageHarness.of(new RtspServerStage(server.server()), DEMO);
                var client = server.connect("/demo")) {
            stage.feed(Packets.video("vp8", 64, 48));
            stage.feed(packets().keyframe(frame(true)));
            var session = client.playTcp();
            for (int i = 0; i < 3; i++) { // the packets of the frame
                client.frame(0);
            }
            assertEquals(200, client.request("PAUSE", session).status());
            assertEquals(200, client.request("PLAY", session).status());
            stage.feed(packets().at(3600).delta(frame(false)));
            var next = client.frame(0);
            stage.feed(packets().at(7200).delta(frame(false)));
            client.frame(0);
            client.frame(0);
            assertEquals(3600, client.frame(0).timestamp() - next.timestamp());
        }
    }

    @Test
    void changedLimitsAreTakenAndAnotherPathIsNot() {
        try (var stage = StageHarness.of(new RtspServerStage(server.server()), DEMO)) {
            assertTrue(stage.reconfigure(Map.of("path", "/demo", "join", "live")));
            assertFalse(stage.reconfigure(Map.of("path", "/other")));
        }
    }

    @Test
    void anotherPortIsTakenWhileReadersGoOn() throws Exception {
        server.serve(Programs.h264Aac(), "path", "/demo");
        try (var reader = server.connect("/demo")) {
            reader.playTcp();
            var before = server.address();
            server.server()
                    .take(TestServer.settings(
                            "127.0.0.1", freePort(), 0, 1, TestServer.SOCKETS, 10, 60, 1000, 64 << 20));
            for (int i = 0; i < 200; i++) {
                reader.frame();
            }
            assertFalse(before.equals(server.address()));
            try (var other = server.connect("/demo")) {
                other.playTcp();
            }
            assertThrows(java.net.ConnectException.class, () -> new RtspClient(before, "/demo").close());
        }
    }

    private static int freePort() throws java.io.IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void moreConnectionsThanAllowedAreNotLetIn() throws Exception {
        try (var small = new TestServer(
                        TestServer.settings("127.0.0.1", 0, 0, 1, TestServer.SOCKETS, 2, 60, 1000, 64 << 20));
                var stage = StageHarness.of(new RtspServerStage(small.server()), DEMO)) {
            assertEquals(0, stage.gauge("readers"));
            try (var first = small.connect("/demo");
                    var second = small.connect("/demo")) {
                assertEquals(200, first.request("OPTIONS").status());
                assertEquals(200, second.request("OPTIONS").status());
                try (var third = small.connect("/demo")) {
                    assertTrue(third.closedByServer());
                }
            }
        }
    }

    @Test
    void afterTheStopNoThreadIsLeft() throws Exception {
        var threads = new java.util.HashSet<io.netty.util.concurrent.ThreadProperties>();
        try (var other = new TestServer()) {
            other.serve(Programs.h264Aac(), "path", "/demo");
            var listener = other.server().listener().orElseThrow();
            for (int i = 0; i < 2; i++) {
                threads.add(
                        ((io.netty.util.concurrent.SingleThreadEventExecutor) listener.nextLoop()).threadProperties());
            }
            assertTrue(threads.stream().allMatch(io.netty.util.concurrent.ThreadProperties::isAlive));
            try (var client = other.connect("/demo")) {
                client.playTcp();
            }
        }
        TestServer.await("no threads", Duration.ofSeconds(5), () -> threads.stream()
                .noneMatch(io.netty.util.concurrent.ThreadProperties::isAlive));
    }

    @Test
    void aStageMayOutliveTheServer() throws Exception {
        try (var stage = StageHarness.of(new RtspServerStage(server.server()), DEMO);
                var client = server.connect("/demo")) {
            stage.feed(Packets.video("vp8", 64, 48));
            stage.feed(packets().keyframe(frame(true)));
            client.playTcp();
            var memory = server.server().listener().orElseThrow().allocator();
            server.server().stop();
            assertTrue(client.closedByServer());
            for (int i = 1; i < 100; i++) {
                stage.feed(packets().at(3600L * i).delta(frame(false)));
            }
            TestServer.await("all memory back", Duration.ofSeconds(2), () -> memory.pinnedDirectMemory() == 0);
            var again = assertThrows(
                    StageException.class, () -> StageHarness.of(new RtspServerStage(server.server()), DEMO));
            assertEquals(StageException.Kind.RETRY, again.kind());
        }
    }

    @Test
    void anEncoderThatAnswersPromptlyIsWaitedFor() throws Exception {
        try (var stage = StageHarness.of(new RtspServerStage(server.server()), DEMO);
                var first = server.connect("/demo");
                var second = server.connect("/demo")) {
            stage.feed(Packets.video("vp8", 64, 48));
            stage.feed(packets().keyframe(frame(true)));
            first.setupTcp(0);
            TestServer.await(
                    "a request", Duration.ofSeconds(2), () -> stage.requests(0).size() == 1);
            stage.feed(packets().at(3600).keyframe(frame(true)));
            for (int i = 2; i < 20; i++) {
                java.util.concurrent.locks.LockSupport.parkNanos(40_000_000);
                stage.feed(packets().at(3600L * i).delta(frame(false)));
            }
            var session = "Session: " + second.setupTcp(0).session();
            var playing = CompletableFuture.supplyAsync(() -> {
                try {
                    second.request("PLAY", session);
                    return second.frame(0).timestamp();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            TestServer.await(
                    "a request", Duration.ofSeconds(2), () -> stage.requests(0).size() == 2);
            stage.feed(packets().at(3600L * 20).keyframe(frame(true)));
            long begin = playing.join();
            first.request("PLAY", "Session: " + session.substring(9)); // not its own: refused, and nothing else
            try (var third = server.connect("/demo")) {
                third.playTcp();
                assertEquals(begin, third.frame(0).timestamp(), "a fresh keyframe is replayed at once");
            }
        }
    }

    @Test
    void overUdpAReplayIsAtMostFourTimesAsFast() throws Exception {
        try (var stage = StageHarness.of(new RtspServerStage(server.server()), DEMO);
                var client = server.connect("/demo");
                var rtp = new java.net.DatagramSocket(0, InetAddress.getLoopbackAddress());
                var rtcp = new java.net.DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            stage.feed(Packets.video("vp8", 64, 48));
            stage.feed(packets().keyframe(frame(true)));
            for (int i = 1; i < 100; i++) { // 4 s
                stage.feed(packets().at(3600L * i).delta(frame(false)));
            }
            rtp.setSoTimeout(5000);
            var setup =
                    client.setup(0, "RTP/AVP;unicast;client_port=" + rtp.getLocalPort() + "-" + rtcp.getLocalPort());
            client.request("PLAY", "Session: " + setup.session());
            var packet = new java.net.DatagramPacket(new byte[2000], 2000);
            long begin = System.nanoTime();
            for (int i = 0; i < 300; i++) { // three packets each
                rtp.receive(packet);
            }
            long millis = (System.nanoTime() - begin) / 1_000_000;
            assertTrue(millis > 900 && millis < 4000, "4 s in " + millis + " ms");
        }
    }

    @Test
    void ipv6IsServed_rfc4566_5_7() throws Exception {
        try (var six =
                new TestServer(TestServer.settings("::1", 0, 0, 1, TestServer.SOCKETS, 10, 60, 1000, 64 << 20))) {
            six.serve(Programs.h264Aac(), "path", "/demo");
            try (var client = six.connect("/demo")) {
                var sdp = client.requestUrl(
                        "DESCRIBE", "rtsp://[::1]:" + six.address().getPort() + "/demo");
                assertEquals("rtsp://[::1]:" + six.address().getPort() + "/demo/", sdp.header("content-base"));
                assertTrue(sdp.body().contains("c=IN IP6 ::\r\n"), sdp.body());
                client.playTcp();
                client.frame(0);
            }
            playsOverUdp(six, InetAddress.getByName("::1"));
        }
    }

    @Test
    void allAddressesAreThoseOfBothFamilies() throws Exception {
        try (var both =
                new TestServer(TestServer.settings("::", 0, 0, 1, TestServer.SOCKETS, 10, 60, 1000, 64 << 20))) {
            both.serve(Programs.h264Aac(), "path", "/demo");
            playsOverUdp(both, InetAddress.getByName("::1"));
            playsOverUdp(both, InetAddress.getByName("127.0.0.1"));
        }
    }

    private static void playsOverUdp(TestServer from, InetAddress address) throws Exception {
        var there = new InetSocketAddress(address, from.address().getPort());
        try (var client = new RtspClient(there, "/demo");
                var rtp = new DatagramSocket(0, address)) {
            rtp.setSoTimeout(5000);
            int port = rtp.getLocalPort();
            var setup = client.setup(0, "RTP/AVP;unicast;client_port=" + port + "-" + (port == 65535 ? 1 : port + 1));
            assertEquals(
                    200, client.request("PLAY", "Session: " + setup.session()).status());
            var packet = new DatagramPacket(new byte[2000], 2000);
            rtp.receive(packet);
            assertEquals(address, packet.getAddress());
            assertEquals((byte) 0x80, packet.getData()[0]);
        }
    }
}
