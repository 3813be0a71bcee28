/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A reader of an RTSP stream that looks at nothing but the RTP headers: is anything missing, doubled, late? */
public final class RtpReader implements AutoCloseable {

    private static final Pattern MEDIA = Pattern.compile("(?m)^m=(video|audio) ");
    private static final Pattern CONTROL = Pattern.compile("(?m)^a=control:(\\S*trackID=\\d+)");
    private static final int RECEIVE_BUFFER = 4 << 20;
    private static final int LARGEST = 65_536;
    private static final int HEADER = 12;
    private static final int IDR = 5;
    private static final int FU_A = 28;

    private static final ScheduledExecutorService KEEP_ALIVE = Executors.newSingleThreadScheduledExecutor(work -> {
        var thread = new Thread(work, "rtp-keep-alive");
        thread.setDaemon(true);
        return thread;
    });

    private final String url;
    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final List<Track> tracks = new ArrayList<>();
    private final List<DatagramSocket> datagrams = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private final long asked;
    private volatile boolean closed;
    private int cseq;

    /** One track; what is written down is read under its lock. */
    private static final class Track {

        private final String name;
        private final List<Long> timestamps = new ArrayList<>();
        /** When the first packet of each timestamp came, {@link System#nanoTime}. */
        private final List<Long> arrivals = new ArrayList<>();

        private int next = -1;

        /** When the first picture was there as a whole; empty until then, and while none was a keyframe of H.264. */
        private OptionalLong picture = OptionalLong.empty();

        private boolean keyframe;

        Track(String name) {
            this.name = name;
        }

        /** What is wrong with it; empty for nothing. */
        synchronized String take(ByteBuffer packet) {
            int sequence = packet.getShort(2) & 0xffff;
            long timestamp = packet.getInt(4) & 0xffffffffL;
            if (timestamps.isEmpty() || timestamps.get(timestamps.size() - 1) != timestamp) {
                timestamps.add(timestamp);
                arrivals.add(System.nanoTime());
            }
            if (picture.isEmpty()) {
                look(packet);
            }
            int expected = next;
            next = (sequence + 1) & 0xffff;
            return expected < 0 || expected == sequence
                    ? ""
                    : name + ": packet " + sequence + " came where " + expected + " was expected";
        }

        private void look(ByteBuffer packet) {
            keyframe |= ofKeyframe(packet);
            if (keyframe && packet.get(1) < 0) { // the marker ends the picture (RFC 6184, 5.1)
                picture = OptionalLong.of(System.nanoTime());
            }
        }

        private static boolean ofKeyframe(ByteBuffer packet) {
            int type = packet.get(HEADER) & 0x1f;
            return type == IDR || type == FU_A && (packet.get(HEADER + 1) & 0x1f) == IDR;
        }

        synchronized OptionalLong picture() {
            return picture;
        }

        synchronized long longestPause(long from, long to) {
            long longest = 0;
            for (int i = 1; i < arrivals.size(); i++) {
                if (arrivals.get(i) >= from && arrivals.get(i - 1) <= to) {
                    longest = Math.max(longest, arrivals.get(i) - arrivals.get(i - 1));
                }
            }
            return longest;
        }

        synchronized List<Long> timestamps() {
            return new ArrayList<>(timestamps);
        }
    }

    private record Response(int status, Map<String, String> headers, String body) {}

    /** Connects and plays all tracks. */
    public RtpReader(int port, String path, Transport transport) throws IOException {
        url = "rtsp://127.0.0.1:" + port + path;
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        out = socket.getOutputStream();
        var description = request("DESCRIBE", url, "Accept: application/sdp").body();
        var kinds =
                MEDIA.matcher(description).results().map(kind -> kind.group(1)).toList();
        var controls = CONTROL.matcher(description)
                .results()
                .map(control -> control.group(1))
                .toList();
        var session = "";
        for (int i = 0; i < kinds.size(); i++) {
            var control = controls.get(i);
            tracks.add(new Track(kinds.get(i)));
            var answer = request(
                    "SETUP",
                    control.startsWith("rtsp:") ? control : url + "/" + control,
                    "Transport: " + (transport == Transport.TCP ? interleaved(i) : udp()),
                    session.isEmpty() ? "Blocksize: 1400" : "Session: " + session);
            session = answer.headers().get("session").split(";")[0];
        }
        asked = System.nanoTime();
        request("PLAY", url, "Session: " + session);
        start(this::readConnection);
        if (transport == Transport.UDP) { // nothing else tells the server that somebody is there
            var keepAlive = "GET_PARAMETER " + url + " RTSP/1.0\r\nCSeq: 99\r\nSession: " + session + "\r\n\r\n";
            KEEP_ALIVE.scheduleAtFixedRate(() -> write(keepAlive), 20, 20, TimeUnit.SECONDS);
        }
        for (int i = 0; i < datagrams.size(); i += 2) {
            int track = i / 2;
            start(() -> readDatagrams(datagrams.get(2 * track), tracks.get(track)));
        }
    }

    private void write(String request) {
        try {
            out.write(request.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // the end of its being scheduled
        }
    }

    private static String interleaved(int track) {
        return "RTP/AVP/TCP;unicast;interleaved=" + 2 * track + "-" + (2 * track + 1);
    }

    private String udp() throws IOException {
        for (int i = 0; i < 2; i++) {
            var datagram = new DatagramSocket(0, InetAddress.getLoopbackAddress());
            datagram.setReceiveBufferSize(RECEIVE_BUFFER);
            datagrams.add(datagram);
        }
        int last = datagrams.size() - 1;
        return "RTP/AVP;unicast;client_port=" + datagrams.get(last - 1).getLocalPort() + "-"
                + datagrams.get(last).getLocalPort();
    }

    private static void start(Runnable reading) {
        var thread = new Thread(reading, "rtp-reader");
        thread.setDaemon(true);
        thread.start();
    }

    private Response request(String method, String target, String... headers) throws IOException {
        var text = new StringBuilder(method + " " + target + " RTSP/1.0\r\nCSeq: " + ++cseq + "\r\n");
        for (var header : headers) {
            text.append(header).append("\r\n");
        }
        out.write(text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        var response = response();
        if (response.status() != 200) {
            throw new IOException(method + " " + target + " answered " + response);
        }
        return response;
    }

    private Response response() throws IOException {
        int first = in.readUnsignedByte();
        while (first == '$') {
            interleaved();
            first = in.readUnsignedByte();
        }
        int status = Integer.parseInt(line().split(" ")[1]);
        var headers = new TreeMap<String, String>();
        for (var line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        var body = new byte[Integer.parseInt(headers.getOrDefault("content-length", "0"))];
        in.readFully(body);
        return new Response(status, headers, new String(body, StandardCharsets.UTF_8));
    }

    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private void interleaved() throws IOException {
        int channel = in.readUnsignedByte();
        var packet = new byte[in.readUnsignedShort()];
        in.readFully(packet);
        if (channel % 2 == 0) {
            take(tracks.get(channel / 2), ByteBuffer.wrap(packet));
        }
    }

    /** Interleaved packets, and where there are none, the connection's end. */
    private void readConnection() {
        try {
            if (!datagrams.isEmpty()) {
                socket.setSoTimeout(0);
            }
            while (true) {
                if (in.readUnsignedByte() == '$') {
                    interleaved();
                }
            }
        } catch (IOException e) {
            fault("the connection ended: " + e);
        }
    }

    private void readDatagrams(DatagramSocket datagram, Track track) {
        var packet = new DatagramPacket(new byte[LARGEST], LARGEST);
        try {
            datagram.setSoTimeout(20_000);
            while (true) {
                datagram.receive(packet);
                take(track, ByteBuffer.wrap(packet.getData(), 0, packet.getLength()));
            }
        } catch (IOException e) {
            fault(track.name + " ended: " + e);
        }
    }

    private void take(Track track, ByteBuffer packet) {
        var fault = track.take(packet);
        if (!fault.isEmpty()) {
            fault(fault);
        }
    }

    private void fault(String fault) {
        if (!closed) {
            synchronized (faults) {
                faults.add(url + " " + (datagrams.isEmpty() ? "TCP " : "UDP ") + fault);
            }
        }
    }

    /** What was wrong so far: packets that are missing or came twice, and the stream's end. */
    public List<String> faults() {
        synchronized (faults) {
            return new ArrayList<>(faults);
        }
    }

    /** From asking for PLAY until the first keyframe of H.264 was there, nanoseconds; empty while it is not. */
    public OptionalLong firstPicture() {
        var whole = track("video").picture();
        return whole.isPresent() ? OptionalLong.of(whole.getAsLong() - asked) : whole;
    }

    /** The longest time, in nanoseconds, from one picture's arrival to the next one's, within a stretch of {@link System#nanoTime}. */
    public long longestPause(long from, long to) {
        return track("video").longestPause(from, to);
    }

    /** The RTP timestamps of the track of that kind that came so far, each once. */
    public List<Long> timestamps(String kind) {
        return track(kind).timestamps();
    }

    private Track track(String kind) {
        return tracks.stream()
                .filter(track -> track.name.equals(kind))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        closed = true;
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError("a socket can't be closed", e);
        }
        datagrams.forEach(DatagramSocket::close);
    }
}
