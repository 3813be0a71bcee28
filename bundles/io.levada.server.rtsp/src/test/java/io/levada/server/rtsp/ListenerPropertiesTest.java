/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.stage.StageException;
import io.levada.testkit.Packets;
import io.levada.testkit.StageHarness;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListenerPropertiesTest {

    private static final String FILE = "/opt/levada/etc/io.levada.server.rtsp.cfg";

    private static ListenerProperties read(Map<String, ?> properties) {
        return new ListenerProperties(properties, FILE);
    }

    @Test
    void whatIsNotSetIsAsDocumented() throws Exception {
        var settings = read(Map.of()).settings();
        assertEquals("127.0.0.1:8554", settings.address());
        assertEquals("auto", settings.sockets());
        assertTrue(settings.threads() >= 1);
        assertTrue(settings.gopBudget() > 1 << 20);
    }

    @Test
    void textOfAFileAndNumbersOfAConsoleAreBothTaken() throws Exception {
        var settings = read(Map.of("port", " 9554 ", "udp-port", 5000, "gop-budget", "64 MB", "host", "::1"))
                .settings();
        assertEquals("[::1]:9554", settings.address());
        assertEquals(5000, settings.udpPort());
        assertEquals(64_000_000, settings.gopBudget());
    }

    @Test
    void aSchemeMayBeNamedTwice() throws Exception {
        var access = read(Map.of("authentication", "basic, basic")).settings().access();
        assertTrue(access.basic());
        assertFalse(access.digest());
    }

    @ParameterizedTest
    @CsvSource({
        "port, abc",
        "port, 99999",
        "port, ''",
        "port, -1",
        "udp-port, 65001",
        "threads, 65",
        "sockets, kqueue",
        "max-connections, 0",
        "max-connections-per-address, 0",
        "session-timeout, 1 h",
        "describe-wait, 99999999999",
        "gop-budget, much",
        "host, 'a b'",
        "read, 'anna bert'",
        "authentication, ntlm",
        "allow, 10.0.0.0/33",
        "deny, localhost",
        "tls-port, x",
        "multicast, 10.0.0.0/24",
        "multicast, 239.0.0.0/8",
        "multicast-ttl, 256",
    })
    void aValueThatCantBeUsedIsToldWithKeyAndFile(String key, String value) {
        var error = assertThrows(
                StageException.class, () -> read(Map.of(key, value)).settings());
        assertTrue(error.getMessage().contains(key + " = " + value), error.getMessage());
        assertTrue(error.remedy().orElseThrow().startsWith("set " + key + " in " + FILE + " to "));
    }

    @Test
    void encryptionNeedsExactlyOneCertificate() {
        for (var properties : List.of(
                Map.of("tls-port", "322"),
                Map.of("tls-port", "322", "tls-certificate", "cert.pem"),
                Map.of("tls-port", "322", "tls-certificate", "c.pem", "tls-key", "k.pem", "tls-keystore", "s.p12"))) {
            var error =
                    assertThrows(StageException.class, () -> read(properties).settings());
            assertTrue(error.remedy().orElseThrow().contains("tls-keystore, in " + FILE), error.toString());
        }
    }

    @Test
    void theExampleOfTheDistributionHasEveryKeyAndOnlyThose() throws Exception {
        var example = Path.of("../../distribution/src/main/examples/io.levada.server.rtsp.cfg");
        var text = Files.readString(example).replaceAll("(?m)^#([a-z-]+ =)", "$1");
        var properties = new Properties();
        properties.load(new StringReader(text));
        var map = new TreeMap<String, String>();
        properties.forEach((key, value) -> map.put((String) key, (String) value));
        var read = read(map);
        assertEquals(List.of(), read.unknown());
        assertEquals("127.0.0.1:8554", read.settings().address());
        assertEquals(
                ListenerConfig.class.getDeclaredMethods().length,
                map.size(),
                map.keySet().toString());
    }

    @Test
    void aKeyThatIsNotKnownIsToldWithTheOnesThatAre() {
        var unknown = read(Map.of(
                        "prot",
                        "1",
                        "port",
                        "1",
                        "service.pid",
                        "x",
                        "felix.fileinstall.filename",
                        "y",
                        "component.id",
                        1))
                .unknown();
        assertEquals(1, unknown.size());
        assertTrue(unknown.get(0).startsWith(FILE + ": prot is not known"), unknown.get(0));
        assertTrue(
                unknown.get(0).contains("max-connections, max-connections-per-address, multicast, multicast-interface"),
                unknown.get(0));
        assertEquals(List.of(), read(Map.of("port", "1")).unknown());
    }

    @Test
    void streamsWaitUntilAWrongConfigurationIsMended() throws Exception {
        var server = new RtspServer("/opt/levada/etc", Map.of("port", "abc"));
        try {
            var error = assertThrows(StageException.class, () -> open(server).close());
            assertEquals(StageException.Kind.RETRY, error.kind());
            assertTrue(error.getMessage().contains("port = abc"), error.getMessage());
            assertTrue(error.remedy().orElseThrow().contains(FILE));
            server.modified(Map.of("port", "0"));
            open(server).close();
        } finally {
            server.stop();
        }
    }

    @Test
    void aServerThatListensGoesOnAsItWas() throws Exception {
        var server = new RtspServer("/opt/levada/etc", Map.of("port", 0));
        try (var stage = open(server)) {
            stage.feed(Packets.video("vp8", 64, 48));
            var address = server.address().orElseThrow();
            server.modified(Map.of("port", "99999"));
            try (var client = new RtspClient(address, "/demo")) {
                assertEquals(200, client.request("DESCRIBE").status());
            }
            StageHarness.of(new RtspServerStage(server), Map.of("path", "/new")).close();
        } finally {
            server.stop();
        }
    }

    @Test
    void whatIsTakenAtTheNextStartIsNamed() throws Exception {
        var server = new RtspServer("/opt/levada/etc", Map.of("port", 0, "threads", 1));
        try (var stage = open(server)) {
            stage.feed(Packets.video("vp8", 64, 48));
            assertEquals(List.of(), server.waiting());
            server.modified(
                    Map.of("port", 0, "threads", "2", "multicast", "239.255.42.0/24", "tls-port", 0, "read", "users"));
            assertEquals(List.of("multicast", "threads"), server.waiting());
            server.modified(Map.of("port", 0, "threads", "1"));
            assertEquals(List.of(), server.waiting());
        } finally {
            server.stop();
        }
    }

    @Test
    void beforeItListensAServerTakesAll() throws Exception {
        var server = new RtspServer("/opt/levada/etc", Map.of("port", 0));
        server.modified(Map.of("port", 0, "multicast", "239.255.42.0/24"));
        try (var stage = open(server)) {
            stage.feed(Packets.video("vp8", 64, 48));
            assertEquals(List.of(), server.waiting());
        } finally {
            server.stop();
        }
    }

    @Test
    void aHostThatIsUnknownIsNamed() {
        var server = new RtspServer("/opt/levada/etc", Map.of("host", "no-such-host.invalid"));
        try {
            var error = assertThrows(StageException.class, () -> open(server).close());
            assertEquals(StageException.Kind.RETRY, error.kind());
            assertTrue(
                    error.getMessage().endsWith("no address is known of 'no-such-host.invalid'"), error.getMessage());
            assertTrue(error.remedy().orElseThrow().equals("set host and port in " + FILE));
        } finally {
            server.stop();
        }
    }

    @Test
    void aPortInUseIsToldWithTheFileThatCounts() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var server = new RtspServer("/srv/examples/demo", Map.of("port", taken.getLocalPort()));
            try {
                var error =
                        assertThrows(StageException.class, () -> open(server).close());
                assertTrue(error.remedy().orElseThrow().endsWith("in /srv/examples/demo/io.levada.server.rtsp.cfg"));
            } finally {
                server.stop();
            }
        }
    }

    private static StageHarness open(RtspServer server) throws StageException {
        return StageHarness.of(new RtspServerStage(server), Map.of("path", "/demo"));
    }
}
