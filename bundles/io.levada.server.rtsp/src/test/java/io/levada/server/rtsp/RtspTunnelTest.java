/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RTSP over HTTP: a GET and a POST that a cookie ties together (Apple, "Tunnelling QuickTime RTSP and RTP over HTTP"). */
class RtspTunnelTest {

    private static TestServer server;

    @BeforeAll
    static void serve() throws Exception {
        server = new TestServer();
        server.serve(Programs.h264Aac(), "path", "/demo");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static RtspClient get(String cookie) throws IOException {
        var get = server.connect("/demo");
        get.send("GET /demo HTTP/1.0\r\nx-sessioncookie: " + cookie
                + "\r\nAccept: application/x-rtsp-tunnelled\r\n\r\n");
        var response = get.response();
        assertEquals(200, response.status());
        assertEquals("application/x-rtsp-tunnelled", response.header("content-type"));
        return get;
    }

    private static RtspClient post(String cookie) throws IOException {
        var post = server.connect("/demo");
        post.send(head(cookie));
        return post;
    }

    private static String head(String cookie) {
        return "POST /demo HTTP/1.0\r\nx-sessioncookie: " + cookie
                + "\r\nContent-Type: application/x-rtsp-tunnelled\r\nContent-Length: 32767\r\n\r\n";
    }

    private static String encoded(String request) {
        return Base64.getEncoder().encodeToString(request.getBytes(StandardCharsets.US_ASCII));
    }

    private static String options(int cseq) {
        return "OPTIONS * RTSP/1.0\r\nCSeq: " + cseq + "\r\n\r\n";
    }

    @Test
    void aConnectionCarriesOneTunnelOnly() throws IOException {
        try (var get = get("one")) {
            get.send("GET /demo HTTP/1.0\r\nx-sessioncookie: another\r\n\r\n");
            assertEquals(400, get.response().status());
            assertTrue(get.closedByServer());
        }
    }

    @Test
    void aStreamIsSetUpAndPlayedThroughATunnel() throws IOException {
        try (var get = get("a1");
                var post = post("a1")) {
            post.send(encoded("SETUP " + get.url() + "/trackID=0 RTSP/1.0\r\nCSeq: 1\r\n"
                    + "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n"));
            var setup = get.response();
            assertEquals(200, setup.status());
            post.send(
                    encoded("PLAY " + get.url() + " RTSP/1.0\r\nCSeq: 2\r\nSession: " + setup.session() + "\r\n\r\n"));
            assertEquals(200, get.response().status());
            get.frame(0);
            int last = get.frame(0).sequence();
            for (int i = 0; i < 50; i++) {
                int next = get.frame(0).sequence();
                assertEquals((last + 1) & 0xffff, next);
                last = next;
            }
        }
        TestServer.await("its end", Duration.ofSeconds(5), () -> server.server()
                .readers()
                .isEmpty());
    }

    @Test
    void aStreamIsPublishedThroughATunnel() throws IOException {
        try (var path = new PublishedPath(server.server(), "path", "/in");
                var get = get("p1");
                var post = post("p1")) {
            var url = get.url().replace("/demo", "/in");
            var sdp = "v=0\r\nm=audio 0 RTP/AVP 0\r\n";
            post.send(encoded("ANNOUNCE " + url + " RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\n"
                    + "Content-Length: " + sdp.length() + "\r\n\r\n" + sdp));
            assertEquals(200, get.response().status());
            post.send(encoded("SETUP " + url + " RTSP/1.0\r\nCSeq: 2\r\n"
                    + "Transport: RTP/AVP/TCP;unicast;interleaved=0-1;mode=record\r\n\r\n"));
            var session = get.response().session();
            post.send(encoded("RECORD " + url + " RTSP/1.0\r\nCSeq: 3\r\nSession: " + session + "\r\n\r\n"));
            assertEquals(200, get.response().status());
            for (int i = 0; i < 20; i++) {
                var frame =
                        java.nio.ByteBuffer.allocate(16 + 160).put((byte) '$').put((byte) 0);
                frame.putShort((short) 172)
                        .putInt(0x80000000 | i)
                        .putInt(160 * i)
                        .putInt(7);
                post.send(Base64.getEncoder().encodeToString(frame.array()));
            }
            TestServer.await(
                    "the packets",
                    Duration.ofSeconds(20),
                    () -> path.units("audio").size() == 20);
        }
    }

    @Test
    void requestsMayBePaddedOneByOneCutAnywhereAndBrokenIntoLines() throws IOException {
        try (var get = get("b1");
                var post = server.connect("/demo")) {
            post.send(
                    head("b1") + encoded(options(1)) + encoded(options(12)).substring(0, 5)); // behind the head at once
            assertEquals("1", get.response().header("cseq"));
            post.send("\r\n" + encoded(options(12)).substring(5) + "\r\n");
            assertEquals("12", get.response().header("cseq"));
            for (var single : encoded(options(123)).split("")) {
                post.send(single);
            }
            assertEquals("123", get.response().header("cseq"));
        }
    }

    @Test
    void anotherPostMayGoOn() throws IOException {
        try (var get = get("c1")) {
            try (var post = post("c1")) {
                post.send(encoded(options(1)));
                assertEquals("1", get.response().header("cseq"));
            }
            try (var post = post("c1")) {
                post.send(encoded(options(2)));
                assertEquals("2", get.response().header("cseq"));
            }
        }
    }

    @Test
    void thePostEndsWithTheGet() throws IOException {
        try (var post = post("d1", get("d1"))) {
            assertTrue(post.closedByServer());
        }
    }

    private static RtspClient post(String cookie, RtspClient get) throws IOException {
        var post = post(cookie);
        post.send(encoded(options(1)));
        assertEquals(200, get.response().status());
        get.close();
        return post;
    }

    @Test
    void aPostWithoutItsGetIsRefused() throws IOException {
        try (var post = post("nobody's")) {
            assertEquals(404, post.response().status());
            assertTrue(post.closedByServer());
        }
    }

    @Test
    void aPostFromElsewhereIsRefused() throws IOException {
        var socket = new Socket();
        socket.bind(new InetSocketAddress("127.0.0.9", 0));
        try (var get = get("e1");
                var thief = new RtspClient(socket, server.address(), get.url())) {
            thief.send(head("e1") + encoded(options(1)));
            assertEquals(404, thief.response().status());
        }
    }

    @Test
    void aGetWithoutACookieOrWithATakenOneIsRefused() throws IOException {
        try (var get = get("f1");
                var second = server.connect("/demo");
                var bare = server.connect("/demo")) {
            second.send("GET /demo HTTP/1.0\r\nx-sessioncookie: f1\r\n\r\n");
            assertEquals(400, second.response().status());
            assertTrue(second.closedByServer());
            bare.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            assertEquals(400, bare.response().status());
            try (var post = post("f1")) {
                post.send(encoded(options(1)));
                assertEquals(200, get.response().status());
            }
        }
    }

    @Test
    void whatIsNoBase64EndsTheTunnel() throws IOException {
        try (var get = get("g1");
                var post = post("g1")) {
            post.send("****");
            assertTrue(get.closedByServer());
            assertTrue(post.closedByServer());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jar", "/usr/bin/ffmpeg"})
    void ffmpegReads(String program) throws Exception {
        assumeTrue(program.equals("jar") || new File(program).canExecute(), "no ffmpeg here");
        var result = Programs.run(
                20,
                List.of(
                        program.equals("jar") ? Programs.ffmpeg() : program,
                        "-v",
                        "error",
                        "-rtsp_transport",
                        "http",
                        "-i",
                        server.url("/demo"),
                        "-frames:v",
                        "50",
                        "-c",
                        "copy",
                        "-f",
                        "null",
                        "-"));
        assertEquals(0, result.exit(), result.output());
    }

    @Test
    void gstreamerReads() throws Exception {
        var url = server.url("/demo").replace("rtsp:", "rtsph:");
        GStreamer.read(20, "rtspsrc location=" + url + " ! rtph264depay ! fakesink num-buffers=50");
    }
}
