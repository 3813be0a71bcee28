/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.PooledByteBufAllocator;
import java.io.File;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Readers that come and go leave nothing behind. */
class RtspCyclesTest {

    private static final int CYCLES = 1000;
    private static final int WARM = 50;

    @Test
    void aThousandReadersLeaveNoDescriptorNoThreadAndNoMemoryBehind() throws Exception {
        PooledByteBufAllocator allocator;
        try (var server = new TestServer(3, 1000)) {
            var clip = server.serve(Programs.h264Aac(), "path", "/demo");
            allocator = server.server().listener().orElseThrow().allocator();
            for (int i = 0; i < WARM; i++) {
                cycle(server, i);
            }
            settle(server, clip);
            long descriptors = descriptors();
            int threads = Thread.activeCount();
            for (int i = 0; i < CYCLES; i++) {
                cycle(server, i);
            }
            settle(server, clip);
            assertTrue(descriptors() <= descriptors + 2, descriptors() + " descriptors after " + descriptors);
            assertTrue(Thread.activeCount() <= threads, Thread.activeCount() + " threads after " + threads);
            assertTrue(
                    allocator.pinnedDirectMemory() < 4_000_000,
                    "the last GOP holds " + allocator.pinnedDirectMemory() + " bytes");
        }
        assertEquals(0, allocator.pinnedDirectMemory(), "bytes that nobody gave back");
    }

    /** Over TCP and UDP, with and without a farewell. */
    private static void cycle(TestServer server, int number) throws IOException {
        boolean farewell = number % 4 < 2;
        try (var client = server.connect("/demo")) {
            var session = number % 2 == 0 ? tcp(client) : udp(client);
            if (farewell) {
                assertEquals(200, client.request("TEARDOWN", session).status());
            }
        }
    }

    private static String tcp(RtspClient client) throws IOException {
        var session = client.playTcp();
        client.frame(0);
        return session;
    }

    private static String udp(RtspClient client) throws IOException {
        try (var rtp = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                var rtcp = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            rtp.setSoTimeout(5000);
            var setup =
                    client.setup(0, "RTP/AVP;unicast;client_port=" + rtp.getLocalPort() + "-" + rtcp.getLocalPort());
            assertEquals(200, setup.status());
            var session = "Session: " + setup.session();
            assertEquals(200, client.request("PLAY", session).status());
            rtp.receive(new DatagramPacket(new byte[2000], 2000));
            return session;
        }
    }

    /** UDP sessions without a farewell live on for a while, for they may go on over another connection. */
    private static void settle(TestServer server, ServedClip clip) {
        TestServer.await("no readers", Duration.ofSeconds(30), () -> clip.gauge("readers") == 0);
        TestServer.await("no sessions", Duration.ofSeconds(30), () -> server.server()
                .readers()
                .isEmpty());
        var listener = server.server().listener().orElseThrow();
        TestServer.await("no connections", Duration.ofSeconds(10), () -> listener.connections() == 0);
    }

    private static long descriptors() {
        return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
    }
}
