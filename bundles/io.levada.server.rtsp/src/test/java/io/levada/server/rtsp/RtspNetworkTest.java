/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.levada.api.server.ReaderStatus;
import io.levada.api.server.Reception;
import io.levada.server.rtsp.auth.AccessSettings;
import io.levada.server.rtsp.auth.Networks;
import io.levada.server.rtsp.auth.Permission;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Networks that lose, delay and end: RFC 3550, 6.4 and A.8, told by a real player. */
@Execution(ExecutionMode.CONCURRENT) // they watch streams in real time
class RtspNetworkTest {

    private static final int EACH = 50;
    private static final Duration LONG = Duration.ofSeconds(60);

    private static Network network(String name, int number) throws Exception {
        try {
            return Network.open(name, number);
        } catch (IOException e) {
            return abort("no lossy network: " + e.getMessage());
        }
    }

    private static TestServer server(String host) {
        return server(host, TestServer.SOCKETS);
    }

    private static TestServer server(String host, String sockets) {
        var access = new AccessSettings(Permission.parse("anyone"), true, false, Networks.NONE, Networks.NONE);
        return new TestServer(TestServer.settings(host, sockets, access, TlsSettings.OFF));
    }

    private static String[] player(String transport, String url, String... more) {
        var words = new ArrayList<>(List.of(Programs.ffmpeg(), "-nostdin", "-v", "warning"));
        words.addAll(List.of("-rtsp_transport", transport, "-i", url, "-map", "0:v"));
        words.addAll(List.of(more));
        words.addAll(List.of("-c", "copy", "-f", "null", "-"));
        return words.toArray(String[]::new);
    }

    private static String url(TestServer server, String host) {
        return "rtsp://" + host + ":" + server.address().getPort() + "/demo";
    }

    private static Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static Optional<Reception> reception(TestServer server) {
        return server.server().readers().stream().findFirst().flatMap(ReaderStatus::reception);
    }

    private static Reception await(TestServer server, String what, java.util.function.Predicate<Reception> wanted) {
        TestServer.await(what, LONG, () -> reception(server).filter(wanted).isPresent());
        return reception(server).orElseThrow();
    }

    /** One datagram a packet: of a run of packets in one piece the firewall counts one. */
    @Test
    void ofTwoPercentThatAreLostTheReportsTell() throws Exception {
        try (var network = network("lvloss", 78);
                var server = server(network.here(), "nio")) {
            server.serve(Programs.h264Aac(), "path", "/demo");
            network.lose(EACH, "udp length > 100");
            var player = start(network.there(player("udp", url(server, network.here()))));
            try {
                var told = await(server, "losses are told", seen -> seen.lost() >= 10);
                long lost = network.lost();
                assertTrue(told.lost() <= lost, told + " of " + lost);
                assertTrue(told.lossRatio() < 0.1, told.toString());
                await(server, "all of them are told sooner or later", seen -> seen.lost() >= lost);
            } finally {
                player.destroyForcibly();
            }
        }
    }

    @Test
    void overTcpNothingIsMissingWhereTwoPercentAreLost() throws Exception {
        try (var network = network("lvtcp", 79);
                var server = server(network.here())) {
            var clip = server.serve(Programs.h264Aac(), "path", "/demo");
            network.lose(EACH, "meta l4proto tcp");
            var result = Programs.run(60, network.there(player("tcp", url(server, network.here()), "-t", "6")));
            assertEquals(0, result.exit(), result.output());
            assertEquals("", result.output());
            assertTrue(network.lost() > 0, "nothing was lost");
            assertEquals(0, clip.gauge("dropped-slow"));
        }
    }

    @Test
    void whoIsCutOffIsThrownOutAndOthersGoOn() throws Exception {
        try (var network = network("lvcut", 80);
                var server = server("0.0.0.0")) {
            var clip = server.serve(Programs.h264Aac(), "path", "/demo", "evict-after", "2 s");
            var player = start(network.there(player("tcp", url(server, network.here()))));
            try (var other = new RtspClient(
                    new java.net.InetSocketAddress("127.0.0.1", server.address().getPort()), "/demo")) {
                other.playTcp();
                TestServer.await("both play", LONG, () -> clip.gauge("readers") == 2);
                network.cut();
                int last = other.frame(0).sequence();
                while (clip.gauge("evicted") == 0) {
                    int next = other.frame(0).sequence();
                    assertEquals((last + 1) & 0xffff, next);
                    last = next;
                }
                assertEquals(1, clip.gauge("readers"));
            } finally {
                player.destroyForcibly();
            }
        }
    }

    /** Of two delays from 0 to 50 ms that are independent, the difference is 17 ms at its mean. Without B-frames, whose order is jitter as well. */
    @Test
    void ofFiftyMillisecondsOfJitterTheReportsTell() throws Exception {
        try (var server = server("127.0.0.1")) {
            var clip = server.serve(Programs.h264Small(), "path", "/demo");
            var relay = new JitterRelay(server.address().getPort(), 50);
            var player = start(List.of(player("udp", "rtsp://127.0.0.1:" + relay.port() + "/demo")));
            try {
                var told = await(server, "jitter is told", seen -> seen.jitter() > 8_000_000);
                assertTrue(told.jitter() < 50_000_000, told.toString());
                assertEquals(0, clip.gauge("dropped-slow"));
            } finally {
                player.destroyForcibly();
                relay.close();
            }
        }
    }
}
