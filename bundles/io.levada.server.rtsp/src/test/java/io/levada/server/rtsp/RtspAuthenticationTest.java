/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.levada.server.rtsp.auth.AccessSettings;
import io.levada.server.rtsp.auth.Networks;
import io.levada.server.rtsp.auth.Permission;
import io.levada.users.FileUsers;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may read what: RFC 2326, 11.1.1; RFC 7616; RFC 7617. */
class RtspAuthenticationTest {

    private static final String ANNA = "annas password";
    private static final String BERT = "berts: password";

    private static final AccessSettings USERS = access("users", true, true, "", "");

    @TempDir
    static Path folder;

    private static FileUsers users;
    private TestServer server;
    private RtspClient client;

    private static AccessSettings access(String read, boolean basic, boolean digest, String allow, String deny) {
        return new AccessSettings(Permission.parse(read), basic, digest, Networks.parse(allow), Networks.parse(deny));
    }

    @BeforeAll
    static void makeUsers() {
        users = new FileUsers(folder.resolve("users"));
        users.setPassword("anna", ANNA.toCharArray());
        users.setPassword("bert", BERT.toCharArray());
    }

    @BeforeEach
    void serve() throws Exception {
        server = new TestServer(TestServer.settings("127.0.0.1", USERS, TlsSettings.OFF));
        server.server().bindUsers(users);
        take(USERS);
        server.serve(Programs.h264Aac(), "path", "/demo");
        server.serve(Programs.h264Aac(), "path", "/open", "read", "anyone");
        server.serve(Programs.h264Aac(), "path", "/berts", "read", "bert, carl");
        client = server.connect("/demo");
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        server.close();
    }

    private void take(AccessSettings access) {
        server.server().take(TestServer.settings("127.0.0.1", access, TlsSettings.OFF));
        if (access.digest() && users.digestSecret("bert", "MD5").isEmpty()) {
            makeUsers(); // a secret is made of a password that is set
        }
    }

    @Test
    void whoIsUnknownIsChallengedWithTheBestSchemeFirst_rfc7616_3_7() throws IOException {
        var response = client.request("DESCRIBE");
        assertEquals(401, response.status());
        var challenges = response.header("www-authenticate").split("\n");
        assertEquals(3, challenges.length);
        assertTrue(challenges[0].matches(
                "Digest realm=\"Levada\", nonce=\"[0-9a-f]{32}\", algorithm=SHA-256, qop=\"auth\""));
        assertTrue(challenges[1].contains("algorithm=MD5"));
        assertEquals("Basic realm=\"Levada\"", challenges[2]);
        assertEquals(401, client.setupTcp(0).status());
        assertEquals(200, client.request("OPTIONS").status());
    }

    @Test
    void aSchemeThatIsNotOfferedIsNotTaken() throws Exception {
        take(access("users", false, true, "", ""));
        var response = client.request("DESCRIBE", Proof.basic("anna", ANNA));
        assertEquals(401, response.status());
        assertFalse(response.header("www-authenticate").contains("Basic"));
    }

    @Test
    void basicLetsInAfterAFailureOnTheSameConnection_rfc7617_2() throws IOException {
        assertEquals(401, client.request("DESCRIBE", Proof.basic("anna", BERT)).status());
        assertEquals(
                401, client.request("DESCRIBE", Proof.basic("nobody", ANNA)).status());
        assertEquals(401, client.request("DESCRIBE", "Authorization: Basic %%%").status());
        assertEquals(401, client.request("DESCRIBE", "Authorization: Bearer x").status());
        assertEquals(200, client.request("DESCRIBE", Proof.basic("anna", ANNA)).status());
        assertEquals(200, client.request("DESCRIBE", Proof.basic("bert", BERT)).status(), "a colon in the password");
    }

    @ParameterizedTest
    @ValueSource(strings = {"MD5", "SHA-256"})
    void digestLetsIn_rfc7616_3_4(String algorithm) throws Exception {
        var nonce = Proof.nonce(client.request("DESCRIBE"));
        var wrong = Proof.digest(algorithm, "anna", BERT, nonce, 1, "DESCRIBE", client.url());
        assertEquals(401, client.request("DESCRIBE", wrong).status());
        var right = Proof.digest(algorithm, "anna", ANNA, nonce, 2, "DESCRIBE", client.url());
        assertEquals(200, client.request("DESCRIBE", right).status());
        var track = client.url() + "/trackID=0";
        var setup = client.setupTcp(0, Proof.digest(algorithm, "anna", ANNA, nonce, 3, "SETUP", track));
        assertEquals(200, setup.status());
        assertEquals(200, client.request("PLAY", "Session: " + setup.session()).status());
        client.frame(0);
    }

    @Test
    void digestWithoutQopIsTakenFromOldClients_rfc2069_2_1_2() throws Exception {
        var nonce = Proof.nonce(client.request("DESCRIBE"));
        var base = client.url() + "/";
        assertEquals(
                200,
                client.request("DESCRIBE", Proof.oldDigest("bert", BERT, nonce, "DESCRIBE", base))
                        .status());
        assertEquals(
                401,
                client.request("DESCRIBE", Proof.oldDigest("bert", BERT, nonce, "SETUP", base))
                        .status(),
                "made for another method");
    }

    @Test
    void aDigestForAnotherStreamIsNotTaken_rfc7616_3_4_6() throws Exception {
        var nonce = Proof.nonce(client.request("DESCRIBE"));
        var other = Proof.digest("MD5", "anna", ANNA, nonce, 1, "DESCRIBE", server.url("/open"));
        assertEquals(401, client.request("DESCRIBE", other).status());
    }

    @Test
    void aNonceOfAnotherConnectionIsStaleForWhoKnowsThePasswordOnly_rfc7616_3_3() throws Exception {
        var nonce = Proof.nonce(client.request("DESCRIBE"));
        try (var other = server.connect("/demo")) {
            var wrong = Proof.digest("MD5", "anna", BERT, nonce, 1, "DESCRIBE", other.url());
            assertFalse(
                    other.request("DESCRIBE", wrong).header("www-authenticate").contains("stale"));
            var right = Proof.digest("MD5", "anna", ANNA, nonce, 1, "DESCRIBE", other.url());
            var stale = other.request("DESCRIBE", right);
            assertEquals(401, stale.status());
            assertTrue(stale.header("www-authenticate").contains("stale=true"));
            var again = Proof.digest("MD5", "anna", ANNA, Proof.nonce(stale), 1, "DESCRIBE", other.url());
            assertEquals(200, other.request("DESCRIBE", again).status());
        }
    }

    @Test
    void anAnswerIsGoodOnce_rfc7616_5_12() throws Exception {
        var nonce = Proof.nonce(client.request("DESCRIBE"));
        var answer = Proof.digest("SHA-256", "anna", ANNA, nonce, 1, "DESCRIBE", client.url());
        assertEquals(200, client.request("DESCRIBE", answer).status());
        var replayed = client.request("DESCRIBE", answer);
        assertEquals(401, replayed.status());
        assertTrue(replayed.header("www-authenticate").contains("stale=true"));
    }

    @Test
    void aStreamMayNameItsReaders() throws Exception {
        var berts = server.url("/berts");
        assertEquals(200, client.requestUrl("DESCRIBE", server.url("/open")).status());
        assertEquals(401, client.requestUrl("DESCRIBE", berts).status());
        assertEquals(
                403,
                client.requestUrl("DESCRIBE", berts, Proof.basic("anna", ANNA)).status());
        assertEquals(
                200,
                client.requestUrl("DESCRIBE", berts, Proof.basic("bert", BERT)).status());
        assertEquals(
                403,
                client.requestUrl("SETUP", berts + "/trackID=0", Proof.basic("anna", ANNA))
                        .status());
    }

    @Test
    void whichStreamsThereAreIsToldToUsersOnly() throws Exception {
        var nowhere = server.url("/nowhere");
        assertEquals(401, client.requestUrl("DESCRIBE", nowhere).status());
        assertEquals(
                404,
                client.requestUrl("DESCRIBE", nowhere, Proof.basic("anna", ANNA))
                        .status());
    }

    @Test
    void whatASessionAsksNeedsNoPasswordAndItsPathIsStillItsOwn() throws Exception {
        var session =
                "Session: " + client.setupTcp(0, Proof.basic("anna", ANNA)).session();
        assertEquals(401, client.setupTcp(1, session).status(), "another track is asked for again");
        assertEquals(200, client.setupTcp(1, session, Proof.basic("anna", ANNA)).status());
        assertEquals(200, client.request("PLAY", session).status());
        client.frame(0);
    }

    @Test
    void permissionsChangeWhileTheServerRuns() throws Exception {
        assertEquals(401, client.request("DESCRIBE").status());
        take(access("anyone", true, true, "", ""));
        assertEquals(200, client.request("DESCRIBE").status());
        take(access("nobody", true, true, "", ""));
        assertEquals(403, client.request("DESCRIBE", Proof.basic("anna", ANNA)).status());
        take(USERS);
    }

    @Test
    void guessingIsSlowedAndOthersAreNot() throws Exception {
        for (int i = 0; i < 6; i++) {
            assertEquals(
                    401,
                    client.request("DESCRIBE", Proof.basic("carl", "guess " + i))
                            .status());
        }
        long start = System.nanoTime();
        assertEquals(
                401, client.request("DESCRIBE", Proof.basic("carl", "guess")).status());
        long held = System.nanoTime() - start;
        assertTrue(held > 900_000_000L, held + " ns");
        try (var other = server.connect("/demo")) {
            assertEquals(
                    200, other.request("DESCRIBE", Proof.basic("anna", ANNA)).status());
        }
    }

    @Test
    void aRightPasswordIsNotLookedAtWhileItsUserIsGuessed() throws Exception {
        for (int i = 0; i < 6; i++) {
            assertEquals(
                    401,
                    client.request("DESCRIBE", Proof.basic("anna", "guess " + i))
                            .status());
        }
        assertEquals(401, client.request("DESCRIBE", Proof.basic("anna", ANNA)).status());
    }

    @Test
    void credentialsAreNotLogged() throws Exception {
        var log = new ByteArrayOutputStream();
        var before = System.err;
        System.setErr(new PrintStream(log, true));
        try {
            client.request("DESCRIBE", Proof.basic("anna\nforged", "a secret guess"));
            client.requestUrl(
                    "DESCRIBE",
                    client.url().replace("rtsp://", "rtsp://anna:a-secret-guess@"),
                    Proof.basic("dora", "x"));
            client.send("DESCRIBE rtsp://anna:a-secret-guess@[ RTSP/1.0\r\nCSeq: 1\r\n\r\n");
            client.response();
        } finally {
            System.setErr(before);
        }
        assertTrue(log.toString().contains("failed to sign in as anna?forged"), log.toString());
        assertTrue(log.toString().contains("dora"), log.toString());
        assertFalse(log.toString().contains("secret"), log.toString());
    }

    @Test
    void aSlipInTheConfigurationForgetsNoSecret() {
        var other = new RtspServer("etc", Map.of("port", "many"));
        other.bindUsers(users);
        assertTrue(users.digestSecret("anna", "MD5").isPresent());
        other.modified(Map.of("port", "0"));
        assertTrue(users.digestSecret("anna", "MD5").isEmpty(), "Digest is off by default");
        other.stop();
    }

    @Test
    void withoutAUserServiceNobodyIsLetInWhoHasToSignIn() throws Exception {
        server.server().unbindUsers(users);
        assertEquals(401, client.request("DESCRIBE", Proof.basic("anna", ANNA)).status());
        assertEquals(200, client.requestUrl("DESCRIBE", server.url("/open")).status());
    }

    @Test
    void connectionsOfDeniedNetworksAreNotTaken() throws Exception {
        take(access("anyone", true, false, "127.0.0.0/24, ::1", "127.0.0.3"));
        assertTrue(from("127.0.0.3").closedByServer());
        assertTrue(from("127.0.1.1").closedByServer());
        try (var let = from("127.0.0.4")) {
            assertEquals(200, let.request("DESCRIBE").status());
        }
    }

    private RtspClient from(String address) throws IOException {
        var socket = new Socket();
        socket.bind(new InetSocketAddress(address, 0));
        return new RtspClient(socket, server.address(), server.url("/demo"));
    }

    @Test
    void byDefaultThisMachineReadsAndOthersSignIn() throws Exception {
        var address = elsewhere();
        assumeTrue(address.isPresent(), "this machine has no address but loopback");
        try (var node = new TestServer(TestServer.settings("0.0.0.0", AccessSettings.DEFAULT, TlsSettings.OFF))) {
            node.server().bindUsers(users);
            node.serve(Programs.h264Aac(), "path", "/demo");
            try (var local = node.connect("/demo");
                    var remote = new RtspClient(
                            new InetSocketAddress(address.get(), node.address().getPort()), "/demo")) {
                assertEquals(200, local.request("DESCRIBE").status());
                assertEquals(401, remote.request("DESCRIBE").status());
                assertEquals(
                        200,
                        remote.request("DESCRIBE", Proof.basic("anna", ANNA)).status());
            }
        }
    }

    private static Optional<InetAddress> elsewhere() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .findFirst();
    }

    @ParameterizedTest
    @CsvSource({
        "jar, true, false", "jar, false, true", "jar, true, true",
        "/usr/bin/ffmpeg, true, false", "/usr/bin/ffmpeg, false, true", "/usr/bin/ffmpeg, true, true"
    })
    void ffmpegSignsIn(String program, boolean basic, boolean digest) throws Exception {
        assumeTrue(program.equals("jar") || new File(program).canExecute(), "no ffmpeg here");
        take(access("users", basic, digest, "", ""));
        var ffmpeg = program.equals("jar") ? Programs.ffmpeg() : program;
        for (var transport : List.of("tcp", "udp")) {
            assertEquals(0, ffmpeg(ffmpeg, transport, "anna:annas%20password"));
        }
        assertTrue(ffmpeg(ffmpeg, "tcp", "anna:wrong") != 0);
    }

    private int ffmpeg(String program, String transport, String credentials) throws Exception {
        var url = server.url("/demo").replace("rtsp://", "rtsp://" + credentials + "@");
        return Programs.run(
                        20,
                        List.of(
                                program,
                                "-v",
                                "error",
                                "-rtsp_transport",
                                transport,
                                "-i",
                                url,
                                "-frames:v",
                                "10",
                                "-c",
                                "copy",
                                "-f",
                                "null",
                                "-"))
                .exit();
    }

    @ParameterizedTest
    @CsvSource({"true, false", "false, true", "true, true"})
    void gstreamerSignsIn(boolean basic, boolean digest) throws Exception {
        take(access("users", basic, digest, "", ""));
        GStreamer.assertRead(gstreamer(ANNA));
        assertFalse(GStreamer.read(gstreamer("wrong")));
    }

    private Programs.Result gstreamer(String password) throws Exception {
        var command = GStreamer.command("rtspsrc location=" + server.url("/demo") + " protocols=tcp user-id=anna");
        command.add("user-pw=" + password); // with a blank
        command.addAll(List.of("!", "rtph264depay", "!", "fakesink", "num-buffers=10"));
        return Programs.run(20, command);
    }

    @ParameterizedTest
    @CsvSource({
        "auto, '', 200",
        "anyone, '', 200",
        "users, '', 401",
        "users, anna, 200",
        "'bert, carl', anna, 403",
        "'anna, carl', anna, 200",
        "nobody, anna, 403"
    })
    void whoMayPublishIsRuledAsReadingIs(String rule, String user, int status) throws Exception {
        try (var path = new PublishedPath(server.server(), "path", "/in", "publish", rule);
                var publisher = server.connect("/in")) {
            var sdp = "v=0\r\nm=audio 0 RTP/AVP 0\r\n";
            var proof = user.isEmpty() ? "User-Agent: none" : Proof.basic(user, ANNA);
            var response = publisher.requestWith(sdp, "ANNOUNCE", "Content-Type: application/sdp", proof);
            assertEquals(status, response.status());
            if (status == 200) {
                var session = "Session: " + response.session();
                assertEquals(
                        200,
                        publisher
                                .request("SETUP", "Transport: RTP/AVP/TCP;interleaved=0-1;mode=record", session)
                                .status(),
                        "the session's id is as good as a password");
                assertEquals(200, publisher.request("RECORD", session).status());
                assertEquals(user, server.server().publishers().get(0).user());
            }
            assertEquals(status == 200 ? 1 : 0, path.gauge("publishers"));
        }
    }
}
