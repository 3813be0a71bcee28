/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import io.levada.server.rtsp.auth.Permission;
import io.levada.server.rtsp.publish.OnSecond;
import io.levada.server.rtsp.publish.Publication;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What publishers may do, in any order: two bytes of the input are a step, what and how. Each request gets one answer, an ended
 * session stays ended, a path has one publisher, and when all are gone nothing is left of them.
 */
public final class PublisherFuzz {

    private static final String URL = "rtsp://127.0.0.1/live";
    private static final String HOST = "192.0.2.";
    private static final int CLIENTS = 3;
    private static final int PORT = 41_000;
    private static final long READ_TIMEOUT = 10_000_000_000L;
    private static final Pattern SESSION = Pattern.compile("Session: (\\w+)");
    private static final Pattern STATUS = Pattern.compile("RTSP/1\\.0 (\\d{3}) ");
    private static final String SOUND = "v=0\r\nm=audio 0 RTP/AVP 0\r\na=control:0\r\n";
    private static final List<String> SDP = List.of(
            SOUND,
            SOUND + "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:1\r\n",
            SOUND + "m=application 0 RTP/AVP 98\r\na=rtpmap:98 vnd.onvif.metadata/90000\r\na=control:1\r\n",
            "v=0\r\n");

    private final Wire wire;
    private final List<Client> clients = new ArrayList<>();
    private final Set<String> ended = new HashSet<>();
    private int cseq;
    private int sequence;

    /** Somebody with a connection, and the session that was named last on it. */
    private static final class Client {

        private final String host;
        private Wire.Socket socket;
        private String session = "";

        Client(String host) {
            this.host = host;
        }
    }

    private PublisherFuzz(Wire wire) {
        this.wire = wire;
        for (int i = 0; i < CLIENTS; i++) {
            var client = new Client(HOST + (1 + i / 2)); // two of them at one address
            client.socket = wire.connect(client.host);
            clients.add(client);
        }
    }

    public static void fuzzerTestOneInput(byte[] input) {
        Sessions sessions;
        Publication publication;
        try (var wire = new Wire()) {
            sessions = wire.sessions();
            publication = wire.publication();
            var publishers = new PublisherFuzz(wire);
            for (int at = 0; at + 1 < input.length; at += 2) {
                publishers.step(
                        input[at] & 0xf, publishers.clients.get((input[at] >> 4 & 0xf) % CLIENTS), input[at + 1]);
            }
            wire.check(true);
        }
        if (sessions.size() > 0
                || sessions.claimed() > 0
                || publication.current().isPresent()) {
            throw new AssertionError(sessions.size() + " sessions, " + sessions.claimed() + " addresses, "
                    + publication.current() + " are left");
        }
        for (int i = 0; i < Wire.MOST_PUBLISHING; i++) {
            for (var host : List.of(HOST + 1, HOST + 2)) {
                if (!sessions.publishing().enter(new java.net.InetSocketAddress(host, 1).getAddress())) {
                    throw new AssertionError("places at " + host + " are not given back");
                }
            }
        }
    }

    private void step(int what, Client client, int how) {
        switch (what) {
            case 0 -> announce(client, SDP.get(how & 3));
            case 1 -> {
                int channel = how >> 1 & 6;
                setUp(client, how, "RTP/AVP/TCP;unicast;interleaved=" + channel + "-" + (channel + 1) + ";mode=record");
            }
            case 2 -> {
                int port = PORT + (how >> 1 & 6);
                setUp(client, how, "RTP/AVP;unicast;client_port=" + port + "-" + (port + 1) + ";mode=record");
            }
            case 3 -> setUp(client, how, "RTP/AVP/TCP;unicast;mode=record, RTP/AVP;multicast");
            case 4 -> record(client, how);
            case 5 -> request(client, "PAUSE", URL, how, "", "");
            case 6 -> tearDown(client, how);
            case 7 -> request(client, "GET_PARAMETER", URL, how, "", "");
            case 8 -> request(client, (how & 1) == 0 ? "PLAY" : "DESCRIBE", URL, how, "", "");
            case 9 -> packet(client, how, rtp(how >> 3 & 1));
            case 10 -> packet(client, how, senderReport());
            case 11 -> packet(client, how, bye());
            case 12 -> wire.pass(1 + (how & 7));
            case 13 -> client.socket.close();
            case 14 -> again(client);
            default -> wire.publication()
                    .settings(new Publication.Settings(
                            Permission.parse("anyone"), OnSecond.values()[how & 1], READ_TIMEOUT));
        }
    }

    private void again(Client client) {
        client.socket.close();
        if (wire.connections() < 40) {
            client.socket = wire.connect(client.host);
        }
    }

    private void announce(Client client, String sdp) {
        boolean taken = wire.publication().taken();
        var headers = "Content-Type: application/sdp\r\nContent-Length: " + sdp.length() + "\r\n";
        int status = request(client, "ANNOUNCE", URL, 0x40, headers, sdp);
        if (status == 200 && taken) {
            throw new AssertionError("a second publisher may announce");
        }
    }

    private void setUp(Client client, int how, String transport) {
        request(client, "SETUP", URL + "/" + (how & 1), how, "Transport: " + transport + "\r\n", "");
    }

    private void record(Client client, int how) {
        boolean taken = wire.publication().taken();
        var before = wire.publication().current();
        int status = request(client, "RECORD", URL, how, "", "");
        var now = wire.publication().current();
        if (status == 200 && now.isEmpty() || taken && !now.equals(before)) {
            throw new AssertionError(
                    "after RECORD, answered " + status + ", " + now + " publishes in place of " + before);
        }
    }

    private void tearDown(Client client, int how) {
        var session = session(client, how);
        if (request(client, "TEARDOWN", URL, how, "", "") == 200) {
            ended.add(session);
        }
    }

    /** Its own, that of the next client, or none. */
    private String session(Client client, int how) {
        return switch (how >> 6 & 3) {
            case 1 -> "";
            case 2 -> clients.get((clients.indexOf(client) + 1) % CLIENTS).session;
            default -> client.session;
        };
    }

    /** @return the answer's status, 0 where the connection is closed */
    private int request(Client client, String method, String url, int how, String headers, String body) {
        if (!client.socket.isActive()) {
            return 0;
        }
        var session = session(client, how);
        var named = session.isEmpty() ? "" : "Session: " + session + "\r\n";
        int before = client.socket.answers().length();
        send(client, method + " " + url + " RTSP/1.0\r\nCSeq: " + ++cseq + "\r\n" + named + headers + "\r\n" + body);
        var answer = client.socket.answers().substring(before);
        var status = STATUS.matcher(answer);
        if (!status.find() || !answer.contains("CSeq: " + cseq + "\r\n") || status.find()) {
            throw new AssertionError("not one answer to " + method + " of " + session + ":\n" + answer);
        }
        status.find(0);
        int code = Integer.parseInt(status.group(1));
        if (ended.contains(session) && code < 400) {
            throw new AssertionError(method + " in a session that has ended: " + answer);
        }
        var told = SESSION.matcher(answer);
        if (told.find()) {
            client.session = told.group(1);
        }
        return code;
    }

    private void send(Client client, String text) {
        var bytes = text.getBytes(StandardCharsets.US_ASCII);
        wire.send(client.socket, bytes, 0, bytes.length);
    }

    /** By TCP or UDP. */
    private void packet(Client client, int how, byte[] packet) {
        int number = how & 7;
        if ((how & 0x80) == 0) {
            wire.datagram(client.host, PORT + number, packet);
        } else if (client.socket.isActive()) {
            var frame = ByteBuffer.allocate(4 + packet.length);
            frame.put((byte) '$')
                    .put((byte) number)
                    .putShort((short) packet.length)
                    .put(packet);
            wire.send(client.socket, frame.array(), 0, frame.capacity());
        }
    }

    private byte[] rtp(int ssrc) {
        int type = sequence % 2 == 0 ? 0 : 96;
        return ByteBuffer.allocate(20)
                .putShort((short) (0x8000 | type))
                .putShort((short) sequence++)
                .putInt(160 * sequence)
                .putInt(ssrc)
                .putLong(0)
                .array();
    }

    private static byte[] senderReport() {
        return ByteBuffer.allocate(28)
                .putInt(0x80c80006)
                .putInt(0)
                .putLong(1L << 40)
                .array();
    }

    private static byte[] bye() {
        return ByteBuffer.allocate(12).putInt(0x82cb0002).putInt(0).putInt(1).array();
    }
}
