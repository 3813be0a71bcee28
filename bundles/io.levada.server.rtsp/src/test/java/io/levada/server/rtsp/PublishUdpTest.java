/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Publishing over UDP at wire level: order, loss, keep-alive (RFC 2326, 10.11, 12.39; RFC 3550, 6). */
class PublishUdpTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Pattern PORTS = Pattern.compile(".*server_port=(\\d+)-(\\d+).*");
    private static final String SDP = "v=0\r\nm=audio 0 RTP/AVP 0\r\na=control:streamid=0\r\n";

    private final TestServer server = new TestServer(2, 5000);
    private PublishedPath path;
    private RtspClient client;
    private DatagramSocket rtp;
    private DatagramSocket rtcp;
    private String session;
    private int rtpPort;
    private int rtcpPort;

    @BeforeEach
    void publish() throws Exception {
        path = new PublishedPath(server.server(), "path", "/cam", "read-timeout", "2 s");
        client = server.connect("/cam");
        rtp = socket();
        rtcp = socket();
        session = "Session: "
                + client.requestWith(SDP, "ANNOUNCE", "Content-Type: application/sdp")
                        .session();
        var ports =
                "RTP/AVP/UDP;unicast;client_port=" + rtp.getLocalPort() + "-" + rtcp.getLocalPort() + ";mode=record";
        var response = client.requestUrl("SETUP", client.url() + "/streamid=0", session, "Transport: " + ports);
        assertEquals(200, response.status(), response.reason());
        var matcher = PORTS.matcher(response.header("transport"));
        assertTrue(matcher.matches(), response.header("transport"));
        rtpPort = Integer.parseInt(matcher.group(1));
        rtcpPort = Integer.parseInt(matcher.group(2));
        assertEquals(200, client.request("RECORD", session).status());
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        rtp.close();
        rtcp.close();
        path.close();
        server.close();
    }

    private static DatagramSocket socket() throws Exception {
        return new DatagramSocket(0, InetAddress.getLoopbackAddress());
    }

    private void send(DatagramSocket from, int port, byte[] data) throws Exception {
        from.send(new DatagramPacket(data, data.length, InetAddress.getLoopbackAddress(), port));
    }

    private void voice(int sequence) throws Exception {
        var packet = ByteBuffer.allocate(172);
        packet.put((byte) 0x80).put((byte) 0).putShort((short) sequence);
        packet.putInt(sequence * 160).putInt(7).put(12, (byte) sequence);
        send(rtp, rtpPort, packet.array());
    }

    private void came(int... sequences) {
        TestServer.await("the packets", SOON, () -> path.units("audio").size() == sequences.length);
        assertEquals(
                IntStream.of(sequences).boxed().toList(),
                path.units("audio").stream().map(unit -> (int) unit.data()[0]).toList());
    }

    @Test
    void whatOvertookIsPutInOrder() throws Exception {
        for (int sequence : List.of(1, 3, 2, 5, 6, 4, 7)) {
            voice(sequence);
        }
        came(1, 2, 3, 4, 5, 6, 7);
        assertEquals(0, path.gauge("lost-packets"));
        assertEquals(0, path.gauge("late-packets"));
    }

    @Test
    void whatIsLostIsWaitedForAWhileAndCounted() throws Exception {
        voice(1);
        voice(2);
        voice(4);
        came(1, 2, 4);
        assertEquals(1, path.gauge("lost-packets"));
        voice(3); // too late
        voice(5);
        came(1, 2, 4, 5);
        assertEquals(0, path.gauge("lost-packets"), "it came after all");
        assertEquals(1, path.gauge("late-packets"));
    }

    @Test
    void datagramsOfOthersChangeNothing() throws Exception {
        voice(1);
        try (var other = socket()) {
            var packet = new byte[172];
            packet[0] = (byte) 0x80;
            packet[3] = 2;
            packet[11] = 7;
            send(other, rtpPort, packet);
        }
        voice(2);
        came(1, 2);
        assertEquals(2, path.gauge("received-packets"));
    }

    @Test
    void malformedDatagramsChangeNothing_rfc3550_A_1() throws Exception {
        voice(1);
        var otherType = ByteBuffer.allocate(172);
        otherType.put((byte) 0x80).put((byte) 8).putShort((short) 2).putInt(320).putInt(7);
        for (var packet : List.of(
                new byte[0],
                new byte[] {(byte) 0x80},
                new byte[] {0x40, 0, 0, 2, 0, 0, 1, 64, 0, 0, 0, 7},
                new byte[] {(byte) 0x8f, 0, 0, 9, 0, 0, 1, 64, 0, 0, 0, 8, 1, 2, 3},
                otherType.array(),
                new byte[] {(byte) 0x80, (byte) 200, (byte) 0xff, (byte) 0xff},
                new byte[] {(byte) 0x9f, (byte) 203, 0, 1},
                new byte[9000])) {
            send(rtp, rtpPort, packet);
            send(rtcp, rtcpPort, packet);
        }
        voice(2);
        came(1, 2);
        assertEquals(2, path.gauge("received-packets"));
        assertEquals(0, path.gauge("lost-packets"));
        assertEquals(1, path.gauge("publishers"));
    }

    @Test
    void reportsKeepThePublisherAlive_rfc2326_A_1() throws Exception {
        voice(1);
        var report = ByteBuffer.allocate(28);
        report.putInt(0x80c80006)
                .putInt(7)
                .putInt((int) 3_900_000_000L)
                .putInt(0)
                .putInt(160);
        long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        while (System.nanoTime() < end) {
            send(rtcp, rtcpPort, report.array());
            java.util.concurrent.locks.LockSupport.parkNanos(200_000_000);
        }
        assertEquals(1, path.gauge("publishers"));
        assertEquals(200, client.request("GET_PARAMETER", session).status());
        TestServer.await("the end of its silence", SOON, () -> path.waiting().contains("sent nothing for 2 s"));
    }

    @Test
    void receptionIsReportedToItsRtcpPort() throws Exception {
        for (int i = 0; i < 10; i++) {
            voice(i);
        }
        var report = new DatagramPacket(new byte[200], 200);
        rtcp.setSoTimeout(15_000);
        var alive = new Thread(() -> {
            try {
                for (int i = 10; !rtcp.isClosed() && i < 150; i++) {
                    voice(i);
                    java.util.concurrent.locks.LockSupport.parkNanos(100_000_000);
                }
            } catch (Exception e) {
                // the test is over
            }
        });
        alive.start();
        rtcp.receive(report);
        assertEquals(rtcpPort, report.getPort());
        assertEquals((byte) 201, report.getData()[1]);
        assertEquals(7, ByteBuffer.wrap(report.getData()).getInt(8));
    }
}
