/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.server.rtsp.stream.Join;
import io.levada.server.rtsp.stream.MountSettings;
import io.levada.testkit.Packets;
import io.levada.testkit.StageHarness;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** DESCRIBE and URLs: RFC 2326, 10.2, 12.1, C.1; RFC 4566. */
class RtspDescribeTest {

    private static final MountSettings SETTINGS = new MountSettings(
            Join.GOP, 1 << 20, 15_000_000_000L, 1 << 20, 3_000_000_000L, 10_000_000_000L, Optional.empty());

    private static TestServer server;
    private RtspClient client;

    @BeforeAll
    static void serve() throws Exception {
        server = new TestServer(60, 1500);
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
    void theDescriptionNamesCodecsParameterSetsAndControlUrls_C_1() throws IOException {
        var response = client.request("DESCRIBE", "Accept: application/sdp");
        assertEquals(200, response.status());
        assertEquals("application/sdp", response.header("content-type"));
        assertEquals(client.url() + "/", response.header("content-base"));
        var sdp = response.body();
        assertTrue(sdp.startsWith("v=0\r\no=- "), sdp);
        assertTrue(sdp.contains("m=video 0 RTP/AVP 96\r\n"), sdp);
        assertTrue(sdp.contains("a=rtpmap:96 H264/90000\r\n"), sdp);
        assertTrue(
                sdp.matches(
                        "(?s).*a=fmtp:96 packetization-mode=1; sprop-parameter-sets=[^,]+,[^;]+; profile-level-id=.*"),
                sdp);
        assertTrue(sdp.contains("a=control:trackID=0\r\n"), sdp);
        assertTrue(sdp.contains("m=audio 0 RTP/AVP 97\r\n"), sdp);
        assertTrue(sdp.contains("a=rtpmap:97 MPEG4-GENERIC/48000/1\r\n"), sdp);
        assertTrue(sdp.matches("(?s).*a=fmtp:97 profile-level-id=1;mode=AAC-hbr;sizelength=13;.*config=.*"), sdp);
        assertTrue(sdp.contains("a=control:trackID=1\r\n"), sdp);
    }

    @Test
    void anUnknownPathIsNotFound_11() throws IOException {
        assertEquals(
                404, client.requestUrl("DESCRIBE", client.url() + "/nowhere").status());
    }

    @Test
    void somethingElseThanSdpIsNotAcceptable_12_1() throws IOException {
        assertEquals(406, client.request("DESCRIBE", "Accept: application/rtsl").status());
        assertEquals(
                200,
                client.request("DESCRIBE", "Accept: application/rtsl, application/sdp;level=-2")
                        .status());
        assertEquals(200, client.request("DESCRIBE", "Accept: */*").status());
    }

    @Test
    void aSlashAtTheEndDoesNotMatter() throws IOException {
        var response = client.requestUrl("DESCRIBE", client.url() + "/");
        assertEquals(200, response.status());
        assertEquals(client.url() + "/", response.header("content-base"));
    }

    @Test
    void aQueryDoesNotMatter() throws IOException {
        var response = client.requestUrl("DESCRIBE", client.url() + "?token=1&a=b/c");
        assertEquals(200, response.status());
        assertEquals(client.url() + "/", response.header("content-base"));
    }

    @Test
    void credentialsInTheUrlAreNotSentBack() throws IOException {
        var response = client.requestUrl("DESCRIBE", client.url().replace("rtsp://", "rtsp://user:p@ss@"));
        assertEquals(200, response.status());
        assertFalse((response.headers() + response.body()).contains("ss@"));
        assertEquals(client.url() + "/", response.header("content-base"));
    }

    @Test
    void aPathAloneIsTakenForAUrl() throws IOException {
        var response = client.requestUrl("DESCRIBE", "/demo");
        assertEquals(200, response.status());
        assertEquals(client.url() + "/", response.header("content-base"));
    }

    @Test
    void escapesInTheUrlAreDecoded() throws IOException {
        assertEquals(
                200,
                client.requestUrl("DESCRIBE", client.url().replace("demo", "d%65mo"))
                        .status());
    }

    @Test
    void aStreamThatJustStartsIsWaitedFor() throws Exception {
        try (var stage = StageHarness.of(new RtspServerStage(server.server()), Map.of("path", "/starting"));
                var waiting = server.connect("/starting")) {
            var response = CompletableFuture.supplyAsync(() -> describe(waiting));
            assertEquals(200, client.request("DESCRIBE").status(), "another client is not held up");
            assertFalse(response.isDone());
            stage.feed(Packets.video("vp8", 64, 64));
            assertEquals(200, response.join().status());
            assertTrue(
                    response.join().body().contains("VP8/90000"),
                    response.join().body());
        }
    }

    @Test
    void tracksAreInTheOrderOfFromWhateverTurnedUpFirst() throws Exception {
        try (var stage = StageHarness.with(new RtspServerStage(server.server()))
                        .parameters(Map.of("path", "/order"))
                        .input("cam:audio", 1)
                        .input("encode:video", 0)
                        .open();
                var reader = server.connect("/order")) {
            stage.feed(0, Packets.audio("opus", 48_000, 2));
            stage.feed(1, Packets.video("vp8", 64, 64));
            var sdp = describe(reader).body();
            int video = sdp.indexOf("m=video");
            assertTrue(video >= 0 && video < sdp.indexOf("m=audio"), sdp);
        }
    }

    private static RtspClient.Response describe(RtspClient client) {
        try {
            return client.request("DESCRIBE");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aStreamThatDoesNotStartIsUnavailable_11() throws Exception {
        try (var stage = StageHarness.of(new RtspServerStage(server.server()), Map.of("path", "/never"))) {
            assertEquals(
                    503, client.requestUrl("DESCRIBE", server.url("/never")).status());
            assertEquals(0, stage.gauge("readers"));
        }
    }

    @Test
    void aStreamThatEndsWhileItIsWaitedForIsNotFound() throws Exception {
        CompletableFuture<RtspClient.Response> response;
        try (var waiting = server.connect("/ending")) {
            try (var stage = StageHarness.of(new RtspServerStage(server.server()), Map.of("path", "/ending"))) {
                response = CompletableFuture.supplyAsync(() -> describe(waiting));
                assertEquals(200, client.request("OPTIONS").status());
                assertEquals(0, stage.gauge("readers"));
            }
            assertEquals(404, response.join().status());
        }
    }

    @Test
    void whoGaveUpWaitingLeavesNothingBehind() throws Exception {
        try (var hasty = new TestServer(60, 1)) {
            var mount = hasty.server().mount("/never", "gate/live", SETTINGS, () -> {});
            try (var reader = hasty.connect("/never")) {
                for (int i = 0; i < 50; i++) {
                    assertEquals(503, reader.request("DESCRIBE").status());
                }
                assertEquals(0, mount.description().waiting());
            } finally {
                hasty.server().unmount(mount);
            }
        }
    }

    @Test
    void everybodyWhoWaitsIsAnsweredWhenTheTracksAreKnown() throws Exception {
        var mount = server.server().mount("/later", "gate/live", SETTINGS, () -> {});
        try (var one = server.connect("/later");
                var two = server.connect("/later")) {
            var first = CompletableFuture.supplyAsync(() -> describe(one));
            var second = CompletableFuture.supplyAsync(() -> describe(two));
            TestServer.await(
                    "both", Duration.ofSeconds(1), () -> mount.description().waiting() == 2);
            mount.format(0, 0, Packets.video("vp8", 64, 64));
            mount.complete();
            assertEquals(200, first.join().status());
            assertEquals(200, second.join().status());
            assertEquals(0, mount.description().waiting());
        } finally {
            server.server().unmount(mount);
        }
    }
}
