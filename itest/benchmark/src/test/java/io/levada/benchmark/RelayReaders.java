/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.benchmark;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/** Readers over UDP, all on one thread, that note when the first packet of each access unit came. */
final class RelayReaders implements AutoCloseable {

    /** Told of every first packet. */
    interface Listener {

        /** @param timestamp of RTP; the same for all readers */
        void first(int reader, int timestamp, long nanos);
    }

    /** What came straight from the benchmark itself: how long that took. */
    private static final class Probe {

        private final LongStream.Builder latencies = LongStream.builder();
    }

    private static final Pattern SESSION = Pattern.compile("(?i)Session: *([^;\\s]+)");
    private static final int RECEIVE_BUFFER = 1 << 20;

    private final Listener listener;
    private final Selector selector = Selector.open();
    private final List<Closeable> open = new ArrayList<>();
    private final Map<Socket, String> sessions = new HashMap<>();
    private final String url;
    private final Thread thread = new Thread(this::read, "readers");
    private volatile boolean stopping;

    private static final class Reader {

        private final int number;
        private boolean any;
        private int timestamp;
        private int next = -1;

        Reader(int number) {
            this.number = number;
        }
    }

    private volatile long lost;

    RelayReaders(int port, String path, int count, Listener listener) throws IOException {
        this.listener = listener;
        thread.start();
        url = "rtsp://127.0.0.1:" + port + path;
        var playing = new ArrayList<Socket>();
        for (int i = 0; i < count; i++) {
            playing.add(setUp(port, i));
        }
        for (var socket : playing) {
            answer(socket, "PLAY"); // with the next keyframe, the same for all
        }
    }

    /** Sets a reader up and has it ask to play. */
    private Socket setUp(int port, int number) throws IOException {
        var rtp = DatagramChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        var rtcp = DatagramChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        rtp.socket().setReceiveBufferSize(RECEIVE_BUFFER);
        rtp.configureBlocking(false);
        rtp.register(selector, SelectionKey.OP_READ, new Reader(number));
        selector.wakeup();
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        open.addAll(List.of(rtp, rtcp, socket));
        var ports = rtp.socket().getLocalPort() + "-" + rtcp.socket().getLocalPort();
        ask(socket, "SETUP " + url + "/trackID=0", "Transport: RTP/AVP;unicast;client_port=" + ports + "\r\n");
        var answer = answer(socket, "SETUP");
        var session = SESSION.matcher(answer);
        if (!session.find()) {
            throw new IOException(answer);
        }
        sessions.put(socket, session.group(1));
        ask(socket, "PLAY " + url, "Session: " + session.group(1) + "\r\n");
        return socket;
    }

    /** Sessions last a minute without. */
    void keepAlive() throws IOException {
        for (var session : sessions.entrySet()) {
            ask(session.getKey(), "GET_PARAMETER " + url, "Session: " + session.getValue() + "\r\n");
            answer(session.getKey(), "GET_PARAMETER");
        }
    }

    private static void ask(Socket socket, String line, String headers) throws IOException {
        socket.getOutputStream()
                .write((line + " RTSP/1.0\r\nCSeq: 1\r\n" + headers + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static String answer(Socket socket, String question) throws IOException {
        var in = new DataInputStream(socket.getInputStream());
        var answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\n") < 0) {
            answer.append((char) in.readUnsignedByte());
        }
        if (!answer.toString().startsWith("RTSP/1.0 200")) {
            throw new IOException(question + ": " + answer);
        }
        return answer.toString();
    }

    private void read() {
        var packet = ByteBuffer.allocateDirect(65_536);
        try {
            while (!stopping) {
                selector.select(key -> take(key, packet));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a datagram takes to these readers without a node in between, nanoseconds, sorted. */
    long[] direct(int count, long periodNanos) throws IOException {
        var probe = new Probe();
        var loopback = InetAddress.getLoopbackAddress();
        try (var in = DatagramChannel.open().bind(new InetSocketAddress(loopback, 0));
                var out = DatagramChannel.open()) {
            in.configureBlocking(false);
            var key = in.register(selector, SelectionKey.OP_READ, probe);
            selector.wakeup();
            var packet = ByteBuffer.allocateDirect(1400);
            for (int i = 0; i < count; i++) {
                LockSupport.parkNanos(periodNanos);
                packet.clear().putLong(0, System.nanoTime());
                out.send(packet, in.getLocalAddress());
            }
            LockSupport.parkNanos(periodNanos);
            key.cancel();
            return probe.latencies.build().sorted().toArray();
        }
    }

    private static void take(Probe probe, DatagramChannel channel, ByteBuffer packet) {
        try {
            while (channel.receive(packet.clear()) != null) {
                probe.latencies.add(System.nanoTime() - packet.getLong(0));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void take(SelectionKey key, ByteBuffer packet) {
        if (key.attachment() instanceof Probe probe) {
            take(probe, (DatagramChannel) key.channel(), packet);
            return;
        }
        var reader = (Reader) key.attachment();
        try {
            while (((DatagramChannel) key.channel()).receive(packet.clear()) != null) {
                seen(reader, packet);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField") // one writer
    private void seen(Reader reader, ByteBuffer packet) {
        int sequence = packet.getShort(2) & 0xffff;
        int timestamp = packet.getInt(4);
        lost += reader.next < 0 ? 0 : sequence - reader.next & 0xffff;
        reader.next = sequence + 1 & 0xffff;
        if (!reader.any || reader.timestamp != timestamp) {
            reader.any = true;
            reader.timestamp = timestamp;
            listener.first(reader.number, timestamp, System.nanoTime());
        }
    }

    /** Packets that are missing. */
    long lost() {
        return lost;
    }

    @Override
    public void close() throws IOException {
        stopping = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (var each : open) {
            each.close();
        }
        selector.close();
    }
}
