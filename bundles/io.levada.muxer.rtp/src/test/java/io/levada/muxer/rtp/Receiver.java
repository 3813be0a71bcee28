/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.rtp;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** The other end: four adjacent UDP ports of this machine, RTP and RTCP of two tracks. */
final class Receiver implements AutoCloseable {

    /** A packet and who sent it. */
    record Received(ByteBuffer bytes, InetSocketAddress from) {

        int payloadType() {
            return bytes.get(1) & 0x7f;
        }

        int sequence() {
            return bytes.getShort(2) & 0xffff;
        }

        int timestamp() {
            return bytes.getInt(4);
        }

        int ssrc() {
            return bytes.getInt(8);
        }
    }

    private static final int PORTS = 4;
    private static final int TIMEOUT = 5000;
    private static final int NO_TIME = 1;
    private static final int FIRST = 20_000;
    private static final int RANGE = 12_000;

    private static final AtomicInteger NEXT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(RANGE / PORTS) * PORTS);

    private final List<DatagramSocket> sockets = new ArrayList<>();

    private Receiver(int port) throws SocketException {
        boolean all = false;
        try {
            for (int i = 0; i < PORTS; i++) {
                sockets.add(new DatagramSocket(port + i, InetAddress.getLoopbackAddress()));
                sockets.get(i).setReceiveBufferSize(4 << 20);
            }
            all = true;
        } finally {
            if (!all) {
                close();
            }
        }
    }

    /** At ports that nobody else has: of numbers that the system does not give out by itself, no two tests get the same. */
    static Receiver open() throws IOException {
        for (int i = 0; i < 500; i++) {
            int port = FIRST + Math.floorMod(NEXT.getAndAdd(PORTS), RANGE);
            try {
                return new Receiver(port);
            } catch (SocketException taken) {
                // by another program: the next ones
            }
        }
        throw new IOException("no adjacent UDP ports");
    }

    static Receiver at(int port) throws SocketException {
        return new Receiver(port);
    }

    /** Ports that were free a moment ago, for a program. */
    static int freePort() throws IOException {
        try (var receiver = open()) {
            return receiver.port();
        }
    }

    int port() {
        return sockets.get(0).getLocalPort();
    }

    String url() {
        return "rtp://127.0.0.1:" + port();
    }

    /** The next packet at one of the ports. */
    Received next(int offset) throws IOException {
        return poll(offset, TIMEOUT).orElseThrow(() -> new AssertionError("nothing came to port +" + offset));
    }

    /** All that is there already: what a loopback was sent is there when the sender has returned. */
    List<Received> all(int offset) throws IOException {
        var all = new ArrayList<Received>();
        for (var next = poll(offset, NO_TIME); next.isPresent(); next = poll(offset, NO_TIME)) {
            all.add(next.get());
        }
        return all;
    }

    private Optional<Received> poll(int offset, int timeout) throws IOException {
        var socket = sockets.get(offset);
        socket.setSoTimeout(timeout);
        var packet = new DatagramPacket(new byte[9000], 9000);
        try {
            socket.receive(packet);
        } catch (SocketTimeoutException e) {
            return Optional.empty();
        }
        var bytes = ByteBuffer.wrap(Arrays.copyOf(packet.getData(), packet.getLength()));
        return Optional.of(new Received(bytes, (InetSocketAddress) packet.getSocketAddress()));
    }

    void send(int offset, byte[] bytes, InetSocketAddress to) throws IOException {
        assertTrue(to.getAddress().isLoopbackAddress());
        sockets.get(offset).send(new DatagramPacket(bytes, bytes.length, to));
    }

    @Override
    public void close() {
        sockets.forEach(DatagramSocket::close);
    }
}
