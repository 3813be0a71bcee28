/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.benchmark;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Publishes H.264 over TCP at 25 pictures a second, packetised here (RFC 6184), and notes when the last packet of each access
 * unit went out.
 */
final class RelayPublisher implements AutoCloseable {

    static final int PERIOD_TICKS = 3600;

    private static final long PERIOD_NANOS = 40_000_000L;
    private static final int PAYLOAD = 1400;
    private static final int MOST_UNITS = 1 << 16;
    private static final int SSRC = 0x1e7ada;

    private final Socket socket;
    private final OutputStream out;
    private final DataInputStream in;
    private final String url;
    private final List<List<byte[]>> units;
    private final AtomicLongArray sent = new AtomicLongArray(MOST_UNITS);
    private final Thread thread = new Thread(this::publish, "publisher");
    private volatile int last = -1;
    private volatile boolean stopping;
    private int sequence;

    RelayPublisher(int port, String path, Path annexB) throws IOException {
        units = units(Files.readAllBytes(annexB));
        url = "rtsp://127.0.0.1:" + port + path;
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        out = socket.getOutputStream();
        in = new DataInputStream(socket.getInputStream());
        var sdp = "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\n";
        request("ANNOUNCE " + url, "Content-Type: application/sdp\r\nContent-Length: " + sdp.length() + "\r\n", sdp);
        request("SETUP " + url, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1;mode=record\r\n", "");
        request("RECORD " + url, "", "");
        thread.start();
    }

    private void request(String line, String headers, String body) throws IOException {
        out.write((line + " RTSP/1.0\r\nCSeq: 1\r\n" + headers + "\r\n" + body).getBytes(StandardCharsets.US_ASCII));
        var answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\n") < 0) {
            answer.append((char) in.readUnsignedByte());
        }
        if (!answer.toString().startsWith("RTSP/1.0 200")) {
            throw new IOException(line + ": " + answer);
        }
    }

    /** The NAL units of each access unit: a picture with what precedes it. */
    private static List<List<byte[]>> units(byte[] annexB) {
        var units = new ArrayList<List<byte[]>>();
        var unit = new ArrayList<byte[]>();
        int start = -1;
        for (int i = 0; i <= annexB.length; i++) {
            boolean code = i + 3 <= annexB.length && annexB[i] == 0 && annexB[i + 1] == 0 && annexB[i + 2] == 1;
            if (code || i == annexB.length) {
                int end = code && annexB[i - (i > 0 ? 1 : 0)] == 0 ? i - 1 : i;
                if (start >= 0 && end > start) {
                    unit.add(java.util.Arrays.copyOfRange(annexB, start, end));
                    int type = annexB[start] & 0x1f;
                    if (type == 1 || type == 5) {
                        units.add(List.copyOf(unit));
                        unit.clear();
                    }
                }
                start = i + 3;
            }
        }
        return units;
    }

    /** The last unit that was sent whole. */
    int last() {
        return last;
    }

    /** When a unit's last packet was sent, {@link System#nanoTime}. */
    long sent(int unit) {
        return sent.get(unit);
    }

    private void publish() {
        long start = System.nanoTime();
        try {
            for (int i = 0; !stopping && i < MOST_UNITS; i++) {
                for (long due = start + i * PERIOD_NANOS; System.nanoTime() < due; ) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                send(i, units.get(i % units.size()));
            }
        } catch (IOException e) {
            if (!stopping) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    private void send(int number, List<byte[]> unit) throws IOException {
        var packets = new ArrayList<byte[]>();
        for (int i = 0; i < unit.size(); i++) {
            packetise(unit.get(i), number, i == unit.size() - 1, packets);
        }
        for (int i = 0; i < packets.size() - 1; i++) {
            out.write(packets.get(i));
        }
        last = number;
        sent.set(number, System.nanoTime());
        out.write(packets.get(packets.size() - 1));
    }

    private void packetise(byte[] nal, int number, boolean marker, List<byte[]> into) {
        if (nal.length <= PAYLOAD) {
            into.add(packet(number, marker, nal.length).put(nal).array());
            return;
        }
        for (int at = 1; at < nal.length; at += PAYLOAD) {
            int length = Math.min(PAYLOAD, nal.length - at);
            boolean end = at + length == nal.length;
            int header = (at == 1 ? 0x80 : 0) | (end ? 0x40 : 0) | nal[0] & 0x1f;
            into.add(packet(number, marker && end, length + 2)
                    .put((byte) (nal[0] & 0xe0 | 28))
                    .put((byte) header)
                    .put(nal, at, length)
                    .array());
        }
    }

    private ByteBuffer packet(int number, boolean marker, int payload) {
        return ByteBuffer.allocate(16 + payload)
                .put((byte) '$')
                .put((byte) 0)
                .putShort((short) (12 + payload))
                .put((byte) 0x80)
                .put((byte) (marker ? 0xe0 : 0x60))
                .putShort((short) sequence++)
                .putInt(number * PERIOD_TICKS)
                .putInt(SSRC);
    }

    /** Sends nothing more. */
    void stop() {
        stopping = true;
    }

    @Override
    public void close() throws IOException {
        stop();
        socket.close();
    }
}
