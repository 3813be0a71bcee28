/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.levada.server.rtsp.auth.AccessSettings;
import io.levada.server.rtsp.auth.Networks;
import io.levada.server.rtsp.auth.Permission;
import io.levada.server.rtsp.protocol.MulticastSettings;
import java.io.File;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Multicast: RFC 2326, 12.39. The loopback interface carries none, so the other machine is a network namespace at the end of a
 * virtual cable; who may not make one skips these tests.
 */
class RtspMulticastTest {

    private static final String HERE = "10.213.77.1";
    private static final String SPACE = "levada-multicast";
    private static final Pattern TRANSPORT = Pattern.compile(
            "RTP/AVP;multicast;destination=([0-9.]+);port=(\\d+)-(\\d+);ttl=3;ssrc=[0-9A-F]{8};mode=\"PLAY\"");

    private static TestServer server;
    private static ServedClip clip;

    private static boolean ip(String arguments) throws Exception {
        var command = new ArrayList<>(List.of("ip"));
        command.addAll(Arrays.asList(arguments.split(" ")));
        return Programs.run(10, command).exit() == 0;
    }

    @BeforeAll
    static void serve() throws Exception {
        assumeTrue(new File("/usr/sbin/ip").canExecute() || new File("/sbin/ip").canExecute(), "no ip here");
        ip("netns del " + SPACE);
        assumeTrue(ip("netns add " + SPACE), "no right to make a network namespace");
        assumeTrue(ip("link add levada-mc type veth peer name levada-far netns " + SPACE), "no virtual cable");
        ip("addr add " + HERE + "/24 dev levada-mc");
        ip("link set levada-mc up");
        ip("-n " + SPACE + " addr add 10.213.77.2/24 dev levada-far");
        ip("-n " + SPACE + " link set levada-far up");
        ip("-n " + SPACE + " route add 224.0.0.0/4 dev levada-far");
        var settings = new ListenerSettings(
                HERE,
                0,
                0,
                2,
                TestServer.SOCKETS,
                100,
                100,
                60,
                5000,
                64 << 20,
                new AccessSettings(Permission.parse("anyone"), true, false, Networks.NONE, Networks.NONE),
                TlsSettings.OFF,
                Optional.of(MulticastSettings.parse("239.255.77.0/31", 5400, 3, "")));
        server = new TestServer(settings);
        clip = server.serve(Programs.h264Aac(), "path", "/demo");
        server.serve(Programs.h264Aac(), "path", "/second");
        server.serve(Programs.h264Aac(), "path", "/third");
    }

    @AfterAll
    static void stop() throws Exception {
        if (server != null) {
            server.close();
        }
        ip("netns del " + SPACE);
    }

    private static String url(String path) {
        return "rtsp://" + HERE + ":" + server.address().getPort() + path;
    }

    private static RtspClient connect(String path) throws IOException {
        return new RtspClient(new java.net.Socket(), server.address(), url(path));
    }

    private static Matcher transport(RtspClient.Response setup) {
        assertEquals(200, setup.status());
        var matcher = TRANSPORT.matcher(setup.header("transport"));
        assertTrue(matcher.matches(), setup.header("transport"));
        return matcher;
    }

    /** A socket that is in a group, by the interface that the server sends by: it gets what loops back. */
    private static MulticastSocket member(String group, int port) throws IOException {
        var socket = new MulticastSocket(null);
        socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        socket.bind(new InetSocketAddress(port));
        socket.joinGroup(
                new InetSocketAddress(group, port), NetworkInterface.getByInetAddress(InetAddress.getByName(HERE)));
        socket.setSoTimeout(5000);
        return socket;
    }

    private static int sequence(MulticastSocket socket) throws IOException {
        var packet = new DatagramPacket(new byte[2000], 2000);
        socket.receive(packet);
        return (packet.getData()[2] & 0xff) << 8 | packet.getData()[3] & 0xff;
    }

    @Test
    void twoClientsShareAGroupAndItIsSentOnce() throws Exception {
        try (var one = connect("/demo");
                var two = connect("/demo")) {
            var first = one.setup(0, "RTP/AVP;multicast");
            var second = two.setup(0, "RTP/AVP;multicast");
            var group = transport(first);
            assertEquals(group.group(1), transport(second).group(1));
            try (var member = member(group.group(1), Integer.parseInt(group.group(2)))) {
                assertEquals(
                        200, one.request("PLAY", "Session: " + first.session()).status());
                assertEquals(
                        200, two.request("PLAY", "Session: " + second.session()).status());
                int last = sequence(member);
                for (int i = 0; i < 300; i++) {
                    int next = sequence(member);
                    assertEquals((last + 1) & 0xffff, next, "nothing comes twice");
                    last = next;
                }
                assertEquals(1, clip.gauge("readers"));
                assertEquals(
                        200,
                        one.request("TEARDOWN", "Session: " + first.session()).status());
                sequence(member);
                assertEquals(
                        200,
                        two.request("PAUSE", "Session: " + second.session()).status());
            }
        }
        TestServer.await("nobody is sent anything", Duration.ofSeconds(3), () -> clip.gauge("readers") == 0);
    }

    @Test
    void groupsAreGivenBackAndWhenAllAreTakenThereIsNone() throws Exception {
        try (var one = connect("/demo");
                var two = connect("/second");
                var three = connect("/third")) {
            var first = one.setup(0, "RTP/AVP;multicast");
            var second = two.setup(0, "RTP/AVP;multicast");
            assertNotEquals(transport(first).group(1), transport(second).group(1));
            assertEquals(453, three.setup(0, "RTP/AVP;multicast").status());
            assertEquals(
                    200, one.request("TEARDOWN", "Session: " + first.session()).status());
            assertEquals(
                    transport(first).group(1),
                    transport(three.setup(0, "RTP/AVP;multicast")).group(1));
        }
    }

    @Test
    void eachTrackHasItsPorts() throws Exception {
        try (var client = connect("/demo")) {
            var first = client.setup(0, "RTP/AVP;multicast");
            assertTrue(first.header("transport").contains("port=5400-5401"));
            var second = client.setup(1, "RTP/AVP;multicast", "Session: " + first.session());
            assertEquals("5402", transport(second).group(2));
        }
    }

    /** Java can't ask for the TTL that a datagram came with. */
    private static final String TTL_OF_THE_NEXT =
            """
            import socket, struct, sys
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.setsockopt(socket.IPPROTO_IP, 12, 1)  # IP_RECVTTL of <linux/in.h>
            s.bind((sys.argv[1], int(sys.argv[2])))
            s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                         socket.inet_aton(sys.argv[1]) + socket.inet_aton("10.213.77.2"))
            s.settimeout(10)
            print(struct.unpack("i", s.recvmsg(2000, 100)[1][0][2])[0])
            """;

    @Test
    void packetsPassAsManyRoutersAsWasSaid() throws Exception {
        assumeTrue(new File("/usr/bin/python3").canExecute(), "no Python here");
        try (var client = connect("/demo")) {
            var setup = client.setup(0, "RTP/AVP;multicast");
            var group = transport(setup);
            assertEquals(
                    200, client.request("PLAY", "Session: " + setup.session()).status());
            var python = List.of("/usr/bin/python3", "-c", TTL_OF_THE_NEXT, group.group(1), group.group(2));
            var command = new ArrayList<>(List.of("ip", "netns", "exec", SPACE));
            command.addAll(python);
            assertEquals("3", Programs.run(20, command).output().strip());
            assertEquals(
                    200,
                    client.request("TEARDOWN", "Session: " + setup.session()).status());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ffmpeg", "gstreamer"})
    void playersOfAnotherMachineRead(String player) throws Exception {
        var there = new ArrayList<>(List.of("ip", "netns", "exec", SPACE));
        if (player.equals("ffmpeg")) {
            assumeTrue(new File("/usr/bin/ffmpeg").canExecute(), "no ffmpeg here");
            there.addAll(List.of(
                    "/usr/bin/ffmpeg",
                    "-v",
                    "error",
                    "-rtsp_transport",
                    "udp_multicast",
                    "-i",
                    url("/demo"),
                    "-frames:v",
                    "50",
                    "-c",
                    "copy",
                    "-f",
                    "null",
                    "-"));
        } else {
            there.addAll(GStreamer.command("rtspsrc location=" + url("/demo")
                    + " protocols=udp-mcast ! rtph264depay ! fakesink num-buffers=50"));
        }
        var result = Programs.run(30, there);
        GStreamer.assertRead(result);
    }
}
