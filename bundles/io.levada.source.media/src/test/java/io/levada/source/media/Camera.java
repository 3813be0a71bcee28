/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.source.media;

import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.RtpMedia;
import io.levada.ffmpeg.RtpPacketizer;
import io.levada.source.media.test.Clip;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A network camera (RFC 2326) that describes itself as a test says and sends the tracks of a clip over TCP, in a loop and as
 * fast as they play. A track of the description that is none of the clip's is silent.
 */
final class Camera implements AutoCloseable {

    private final ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    private final Clip clip;
    private final List<Integer> tracks;
    private final String description;
    private final List<String> setUp = new ArrayList<>();
    private volatile boolean closed;

    /**
     * @param description SDP with LF for line ends, {@code URL} for the stream's URL and {@code SETS} for the video's fmtp line
     * @param tracks which track of the clip each medium of the description is, -1 for none
     */
    Camera(Clip clip, String description, Integer... tracks) throws IOException, StageException {
        this.clip = clip;
        this.tracks = List.of(tracks);
        var fmtp = RtpMedia.of(clip.formats().get(0)).attributes().stream()
                .filter(line -> line.startsWith("a=fmtp"))
                .findFirst()
                .orElseThrow();
        this.description =
                description.replace("URL", url()).replace("SETS", fmtp).replace("\n", "\r\n");
        new Thread(this::accept, "camera").start();
    }

    String url() {
        return "rtsp://127.0.0.1:" + listener.getLocalPort() + "/live";
    }

    private void accept() {
        while (!closed) {
            try (var client = listener.accept()) {
                talk(client);
            } catch (IOException | UncheckedIOException e) {
                // the client is gone, or the test is over
            }
        }
    }

    private void talk(Socket client) throws IOException {
        var in = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
        var out = client.getOutputStream();
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            var url = line.split(" ")[1];
            var headers = new StringBuilder();
            for (var header = in.readLine(); !header.isEmpty(); header = in.readLine()) {
                headers.append(header).append("\r\n");
                if (header.startsWith("Transport")) {
                    setUp.add(url);
                    headers.append("Session: 7A3FDE01;timeout=60\r\n");
                }
            }
            var answer = headers.toString().lines().filter(each -> each.matches("(CSeq|Transport|Session).*"));
            var body = line.startsWith("DESCRIBE") ? description : "";
            write(
                    out,
                    "RTSP/1.0 200 OK\r\n" + String.join("\r\n", answer.toList())
                            + "\r\nContent-Type: application/sdp\r\nContent-Length: " + body.length() + "\r\n\r\n"
                            + body);
            if (line.startsWith("PLAY")) {
                new Thread(() -> play(out), "camera-packets").start();
            }
        }
    }

    private static synchronized void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void play(OutputStream out) {
        var packetizers = new ArrayList<RtpPacketizer>();
        try {
            for (int i = 0; i < tracks.size(); i++) {
                int channel = 2 * i;
                var packetizer = new RtpPacketizer(packet -> send(out, channel, packet));
                packetizers.add(packetizer);
                if (tracks.get(i) >= 0) {
                    begin(packetizer, clip.formats().get(tracks.get(i)));
                }
            }
            for (long start = System.nanoTime(); !closed; start += 2_000_000_000L) {
                round(packetizers, start);
            }
        } catch (UncheckedIOException | StageException e) {
            // the client is gone
        } finally {
            packetizers.forEach(RtpPacketizer::close);
        }
    }

    /** Parameter sets go in band: not every description has them. */
    private static void begin(RtpPacketizer packetizer, PacketFormat format) throws StageException {
        packetizer.format(format, true);
    }

    private void round(List<RtpPacketizer> packetizers, long start) throws StageException {
        for (var entry : clip.entries()) {
            long due = start + entry.dtsNanos();
            while (!closed && System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            for (int i = 0; i < tracks.size() && !closed; i++) {
                if (tracks.get(i) == entry.track()) {
                    send(packetizers.get(i), entry.packet(), entry.format(), start);
                }
            }
        }
    }

    private static void send(RtpPacketizer packetizer, Packet packet, PacketFormat format, long start)
            throws StageException {
        var clock = RtpMedia.of(format).clockRate();
        packetizer.packetize(packet, (long) (start / 1e9 * clock));
    }

    private static void send(OutputStream out, int channel, ByteBuffer packet) {
        var frame = ByteBuffer.allocate(4 + packet.remaining());
        frame.put((byte) '$')
                .put((byte) channel)
                .putShort((short) packet.remaining())
                .put(packet.duplicate());
        try {
            synchronized (Camera.class) {
                out.write(frame.array());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The URLs that were set up, in their order. */
    List<String> setUp() {
        return List.copyOf(setUp);
    }

    @Override
    public void close() throws IOException {
        closed = true;
        listener.close();
    }
}
