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
import io.levada.api.stage.Request;
import io.levada.api.stage.StageException;
import io.levada.testkit.Accepts;
import io.levada.testkit.Packets;
import io.levada.testkit.StageHarness;
import io.levada.testkit.StageTck;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
    void aPathThatIsTakenIsInvalidAndNamesTheOther() {
        try (var first = StageHarness.with(new RtspServerStage(server.server()))
                .named("gate", "live")
                .parameters(DEMO)
                .open()) {
            var error = assertThrows(StageException.class, () -> StageHarness.with(new RtspServerStage(server.server()))
                    .named("lobby", "live")
                    .parameters(DEMO)
                    .open());
            assertEquals(StageException.Kind.INVALID, error.kind());
            assertEquals("/demo is already served by gate/live", error.getMessage());
            assertEquals("path", error.parameter().orElseThrow());
            assertEquals(0, first.gauge("readers"));
        }
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
        try (var other = new TestServer(new ListenerSettings("127.0.0.1", port, 0, 1, "auto", 10, 60, 1000))) {
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
    void aReaderThatComesBeforeTheFirstKeyframeGetsIt() throws Exception {
        try (var stage = StageHarness.of(new RtspServerStage(server.server()), DEMO);
                var client = server.connect("/demo")) {
            stage.feed(Packets.video("vp8", 64, 48));
            stage.feed(packets().delta(frame(false)));
            var session = "Session: " + client.setupTcp(0).session();
            var playing = java.util.concurrent.CompletableFuture.supplyAsync(() -> {
                try {
                    return client.request("PLAY", session);
                } catch (java.io.IOException e) {
                    throw new AssertionError(e);
                }
            });
            TestServer.await("the session", Duration.ofSeconds(2), () -> server.server().readers().stream()
                    .anyMatch(reader -> reader.playing()));
            stage.feed(packets().at(3600).keyframe(frame(true)));
            var response = playing.join();
            assertTrue(response.header("rtp-info").contains("seq="), response.header("rtp-info"));
            assertEquals(1, stage.gauge("readers"));
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
        server.serve(FFmpegProgram.h264Aac(), "path", "/demo");
        try (var reader = server.connect("/demo")) {
            reader.playTcp();
            var before = server.address();
            server.server().modified(new ListenerSettings("127.0.0.1", freePort(), 0, 1, "auto", 10, 60, 1000));
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
        try (var small = new TestServer(new ListenerSettings("127.0.0.1", 0, 0, 1, "auto", 2, 60, 1000));
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
        try (var other = new TestServer()) {
            other.serve(FFmpegProgram.h264Aac(), "path", "/demo");
            try (var client = other.connect("/demo")) {
                client.playTcp();
            }
        }
        server.close();
        TestServer.await(
                "no threads", Duration.ofSeconds(5), () -> TestServer.threads().isEmpty());
    }
}
