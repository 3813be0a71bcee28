/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.levada.api.stage.StageException;
import io.levada.server.rtsp.auth.AccessSettings;
import io.levada.testkit.StageHarness;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RTSP over TLS (RFC 7826, 19.2, as clients of RTSP 1.0 do it too). */
class RtspTlsTest {

    @TempDir
    Path folder;

    private Path store;
    private int port;
    private TestServer server;

    @BeforeEach
    void serve() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        store = Keys.keyStore(folder, "first");
        Keys.writePem(store, folder.resolve("cert.pem"), folder.resolve("key.pem"));
        server = new TestServer(settings(pem()));
        server.serve(Programs.h264Aac(), "path", "/demo");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private TlsSettings pem() {
        return new TlsSettings(
                port,
                folder.resolve("cert.pem").toString(),
                folder.resolve("key.pem").toString(),
                "",
                "");
    }

    private static ListenerSettings settings(TlsSettings tls) {
        return TestServer.settings("127.0.0.1", AccessSettings.DEFAULT, tls);
    }

    private RtspClient connect(String host, Path trusted) throws Exception {
        return new RtspClient(Keys.socket(trusted), new InetSocketAddress(host, port), url());
    }

    private RtspClient connect() throws Exception {
        return connect("127.0.0.1", store);
    }

    private String url() {
        return "rtsps://127.0.0.1:" + port + "/demo";
    }

    @Test
    void aStreamIsDescribedAndPlayedOverTls() throws Exception {
        try (var client = connect()) {
            assertEquals(url() + "/", client.request("DESCRIBE").header("content-base"));
            client.playTcp();
            int last = client.frame(0).sequence();
            for (int i = 0; i < 200; i++) {
                int next = client.frame(0).sequence();
                assertEquals((last + 1) & 0xffff, next);
                last = next;
            }
        }
    }

    @Test
    void packetsDoNotTravelInTheOpenForWhoAskedOverTls() throws Exception {
        try (var client = connect()) {
            assertEquals(
                    461,
                    client.setup(0, "RTP/AVP;unicast;client_port=41300-41301").status());
            var either = client.setup(0, "RTP/AVP;unicast;client_port=41300-41301, RTP/AVP/TCP;interleaved=0-1");
            assertTrue(either.header("transport").startsWith("RTP/AVP/TCP"));
        }
    }

    @Test
    void plainTextOnTheTlsPortIsClosed() throws Exception {
        try (var plain = new RtspClient(new InetSocketAddress("127.0.0.1", port), "/demo")) {
            plain.send("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n");
            assertTrue(plain.closedByServer());
        }
        try (var client = connect()) {
            assertEquals(200, client.request("OPTIONS").status());
        }
    }

    @Test
    void aHandshakeThatIsNeverMadeExpires() throws Exception {
        try (var silent = new Socket("127.0.0.1", port)) {
            silent.setSoTimeout(15_000);
            silent.getOutputStream().write(new byte[] {22, 3, 1, 2, 0, 1}); // the beginning of a ClientHello
            int end;
            try {
                end = silent.getInputStream().read();
            } catch (java.net.SocketTimeoutException e) {
                throw new AssertionError("still open", e);
            } catch (IOException e) {
                end = -1; // reset
            }
            assertTrue(end == -1 || end == 21, "an end or an alert, not " + end);
        }
        TestServer.await(
                "no connection",
                Duration.ofSeconds(2),
                () -> server.server().listener().orElseThrow().connections() == 0);
    }

    @Test
    void aChangedCertificateIsShownToTheNextAndWhoPlaysGoesOn() throws Exception {
        var second = Keys.keyStore(folder, "second");
        try (var playing = connect()) {
            playing.playTcp();
            Keys.writePem(second, folder.resolve("cert.pem"), folder.resolve("key.pem"));
            TestServer.await("the new certificate", Duration.ofSeconds(5), () -> shows(second));
            assertThrows(SSLHandshakeException.class, () -> connect().request("OPTIONS"));
            Files.writeString(folder.resolve("cert.pem"), "damaged");
            playing.frame(0);
            assertEquals(200, playing.request("GET_PARAMETER").status());
            TestServer.await("a look at the damaged one", Duration.ofSeconds(3), () -> shows(second));
        }
    }

    private boolean shows(Path trusted) {
        try (var client = connect("127.0.0.1", trusted)) {
            return client.request("OPTIONS").status() == 200;
        } catch (SSLHandshakeException e) {
            return false;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aKeyStoreDoesAsWell() throws Exception {
        int other = port;
        server.close();
        var keys = new TlsSettings(other, "", "", store.toString(), Keys.PASSWORD);
        server = new TestServer(settings(keys));
        server.serve(Programs.h264Aac(), "path", "/demo");
        try (var client = connect()) {
            assertEquals(200, client.request("DESCRIBE").status());
        }
        assertTrue(!keys.toString().contains(Keys.PASSWORD));
    }

    @Test
    void theTlsPortFollowsTheHost() throws Exception {
        server.server().take(TestServer.settings("0.0.0.0", AccessSettings.DEFAULT, pem()));
        try (var client = connect("127.0.0.2", store)) {
            assertEquals(200, client.request("DESCRIBE").status());
        }
    }

    @Test
    void aCertificateThatCantBeReadIsToldWithFileAndCause() throws Exception {
        var missing = new TlsSettings(
                port,
                folder.resolve("none.pem").toString(),
                folder.resolve("key.pem").toString(),
                "",
                "");
        try (var broken = new TestServer(settings(missing))) {
            var error = assertThrows(
                    StageException.class,
                    () -> StageHarness.of(new RtspServerStage(broken.server()), Map.of("path", "/x")));
            assertTrue(error.getMessage().contains("none.pem"), error.getMessage());
            assertEquals(StageException.Kind.RETRY, error.kind());
        }
        var wrong = new TlsSettings(port, "", "", store.toString(), "another password");
        try (var broken = new TestServer(settings(wrong))) {
            var error = assertThrows(
                    StageException.class,
                    () -> StageHarness.of(new RtspServerStage(broken.server()), Map.of("path", "/x")));
            assertTrue(error.getMessage().contains("first.p12"), error.getMessage());
            assertTrue(error.getMessage().contains("password was incorrect"), error.getMessage());
            assertTrue(error.remedy().orElseThrow().contains("tls-password"), error.toString());
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
                        "-i",
                        url(),
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
        GStreamer.read(
                20, "rtspsrc location=" + url() + " tls-validation-flags=0 ! rtph264depay ! fakesink num-buffers=50");
    }
}
