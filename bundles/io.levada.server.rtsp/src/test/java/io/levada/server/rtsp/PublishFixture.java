/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** A path that is published to, and what a publisher says. */
abstract class PublishFixture {

    static final Duration SOON = Duration.ofSeconds(20);

    static final String HEAD = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n";

    static final String VOICE = "m=audio 0 RTP/AVP 0\r\na=control:streamid=0\r\n";

    static final String OTHER_VOICE = "m=audio 0 RTP/AVP 8\r\na=control:streamid=1\r\n";

    final TestServer server = new TestServer();

    final List<PublishedPath> paths = new ArrayList<>();

    @AfterEach
    void stop() {
        paths.forEach(PublishedPath::close);
        server.close();
    }

    PublishedPath path(String... more) {
        var all = new String[more.length + 2];
        all[0] = "path";
        all[1] = "/cam";
        System.arraycopy(more, 0, all, 2, more.length);
        var path = new PublishedPath(server.server(), all);
        paths.add(path);
        return path;
    }

    static RtspClient.Response announce(RtspClient client, String sdp) throws IOException {
        return client.requestWith(sdp, "ANNOUNCE", "Content-Type: application/sdp");
    }

    static RtspClient.Response setUp(RtspClient client, String control, String transport, String... headers)
            throws IOException {
        var all = new String[headers.length + 1];
        System.arraycopy(headers, 0, all, 0, headers.length);
        all[headers.length] = "Transport: " + transport;
        return client.requestUrl("SETUP", client.url() + "/" + control, all);
    }

    static String interleaved(int track) {
        return "RTP/AVP/TCP;unicast;interleaved=" + 2 * track + "-" + (2 * track + 1) + ";mode=record";
    }

    /** Publishes one voice over TCP; returns the session's header line. */
    static String publish(RtspClient client) throws IOException {
        var announced = announce(client, HEAD + VOICE);
        assertEquals(200, announced.status(), announced.reason());
        var session = "Session: " + announced.session();
        assertEquals(200, setUp(client, "streamid=0", interleaved(0), session).status());
        var recording = client.request("RECORD", session, "Range: npt=0.000-");
        assertEquals(200, recording.status(), recording.reason());
        return session;
    }

    /** 20 ms of G.711. */
    static byte[] voice(int sequence, int ssrc) {
        var packet = ByteBuffer.allocate(172);
        packet.put((byte) 0x80).put((byte) 0).putShort((short) sequence);
        packet.putInt(sequence * 160).putInt(ssrc);
        for (int i = 0; i < 160; i++) {
            packet.put((byte) sequence);
        }
        return packet.array();
    }
}
