/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.stage.StageException;
import io.levada.testkit.StageHarness;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Host and port change while the server runs. All of 127.0.0.0/8 is this machine. */
class RtspAddressTest {

    private static final String OTHER = "127.0.0.2";

    private int port;
    private TestServer server;

    @BeforeEach
    void serve() throws Exception {
        port = freePort();
        server = new TestServer(at("127.0.0.1", port));
        server.serve(Programs.h264Aac(), "path", "/demo");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static ListenerSettings at(String host, int port) {
        return TestServer.settings(host, port, 0, 2, TestServer.SOCKETS, 10, 60, 1000, 64 << 20);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private RtspClient connect(String host) throws IOException {
        return new RtspClient(new InetSocketAddress(host, port), "/demo");
    }

    /** Sets the first track up over UDP and plays. */
    private static RtspClient.Response playUdp(RtspClient client, DatagramSocket rtp) throws IOException {
        rtp.setSoTimeout(5000);
        var setup =
                client.setup(0, "RTP/AVP;unicast;client_port=" + rtp.getLocalPort() + "-" + (rtp.getLocalPort() + 1));
        assertEquals(200, client.request("PLAY", "Session: " + setup.session()).status());
        return setup;
    }

    private static DatagramPacket receive(DatagramSocket socket) throws IOException {
        var packet = new DatagramPacket(new byte[2000], 2000);
        socket.receive(packet);
        return packet;
    }

    @Test
    void allAddressesInsteadOfOneAreTakenAtTheSamePort() throws Exception {
        try (var reader = connect("127.0.0.1")) {
            reader.playTcp();
            server.server().take(at("0.0.0.0", port));
            for (int i = 0; i < 100; i++) {
                reader.frame();
            }
            try (var elsewhere = connect(OTHER);
                    var added = StageHarness.of(new RtspServerStage(server.server()), Map.of("path", "/new"))) {
                elsewhere.playTcp();
                assertEquals(0, added.gauge("readers"));
            }
            server.server().take(at("127.0.0.1", port));
            assertThrows(ConnectException.class, () -> connect(OTHER).close());
            connect("127.0.0.1").close();
        }
    }

    @Test
    void datagramsComeFromTheNewAddressAndTheSamePorts() throws Exception {
        try (var reader = connect("127.0.0.1");
                var rtp = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
            playUdp(reader, rtp);
            int sender = receive(rtp).getPort();
            server.server().take(at(OTHER, port));
            var packet = receive(rtp);
            while (!packet.getAddress().getHostAddress().equals(OTHER)) { // what was on its way
                packet = receive(rtp);
            }
            assertEquals(sender, packet.getPort());
            try (var second = connect(OTHER);
                    var port2 = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
                var setup = playUdp(second, port2);
                var first = receive(port2);
                assertEquals(OTHER, first.getAddress().getHostAddress());
                assertTrue(setup.header("transport").contains("server_port=" + first.getPort() + "-"));
            }
        }
    }

    @Test
    void anAddressThatCantBeHadChangesNothingAndIsTakenLater() throws Exception {
        try (var reader = connect("127.0.0.1");
                var rtp = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
            playUdp(reader, rtp);
            try (var taken = new ServerSocket(port, 1, InetAddress.getByName(OTHER))) {
                assertEquals(port, taken.getLocalPort());
                server.server().take(at(OTHER, port));
                connect("127.0.0.1").close();
                assertEquals("127.0.0.1", receive(rtp).getAddress().getHostAddress());
                var refused = assertThrows(
                        StageException.class,
                        () -> StageHarness.of(new RtspServerStage(server.server()), Map.of("path", "/new")));
                assertEquals(StageException.Kind.RETRY, refused.kind());
            }
            StageHarness.of(new RtspServerStage(server.server()), Map.of("path", "/new"))
                    .close();
            connect(OTHER).close();
        }
    }

    @Test
    void aUdpPortThatIsTakenThereChangesNothing() throws Exception {
        try (var reader = connect("127.0.0.1");
                var rtp = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
            playUdp(reader, rtp);
            int sender = receive(rtp).getPort();
            try (var taken = new DatagramSocket(sender, InetAddress.getByName(OTHER))) {
                assertEquals(sender, taken.getLocalPort());
                server.server().take(at(OTHER, port));
                connect("127.0.0.1").close();
                assertThrows(ConnectException.class, () -> connect(OTHER).close());
                for (int i = 0; i < 50; i++) {
                    assertEquals(sender, receive(rtp).getPort());
                }
            }
        }
    }
}
