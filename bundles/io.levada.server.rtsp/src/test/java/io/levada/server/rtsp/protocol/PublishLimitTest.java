/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many streams may be announced from one address. */
class PublishLimitTest {

    private static final String SDP = "v=0\r\nm=audio 0 RTP/AVP 0\r\na=control:track1\r\n";
    private static final String REFUSED =
            "RTSP/1.0 503 this address has announced " + Wire.MOST_PUBLISHING + " streams";

    private final Wire wire = new Wire();

    @AfterEach
    void everythingIsGivenBack() {
        wire.close();
    }

    private String request(Wire.Socket client, String method, String headers, String body) {
        int before = client.answers().length();
        var bytes = (method + " rtsp://127.0.0.1/live RTSP/1.0\r\nCSeq: 1\r\n" + headers + "\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
        wire.send(client, bytes, 0, bytes.length);
        return client.answers().substring(before);
    }

    private String announce(Wire.Socket client) {
        var length = "Content-Length: " + SDP.length() + "\r\n";
        return request(client, "ANNOUNCE", "Content-Type: application/sdp\r\n" + length, SDP);
    }

    private void announces(String result, String host) {
        assertEquals(result, announce(wire.connect(host)).lines().findFirst().orElse(""));
    }

    @Test
    void oneAddressDoesNotAnnounceMoreThanItMay() {
        for (int i = 0; i < Wire.MOST_PUBLISHING; i++) {
            announces("RTSP/1.0 200 OK", "192.0.2.1");
        }
        announces(REFUSED, "192.0.2.1");
        announces("RTSP/1.0 200 OK", "192.0.2.2");
    }

    @Test
    void programsOnThisMachineAreNotCounted() {
        for (int i = 0; i < 3 * Wire.MOST_PUBLISHING; i++) {
            announces("RTSP/1.0 200 OK", "127.0.0.1");
        }
    }

    @Test
    void whoEndsItMakesRoomAndWhoAnnouncesAnewTakesNoMore() {
        var first = wire.connect("192.0.2.1");
        var second = wire.connect("192.0.2.1");
        var session = announce(first).replaceAll("(?s).*Session: (\\w+).*", "$1");
        for (int i = 1; i < Wire.MOST_PUBLISHING; i++) {
            announce(second); // in place of the one before
        }
        for (int i = 2; i < Wire.MOST_PUBLISHING; i++) {
            announces("RTSP/1.0 200 OK", "192.0.2.1");
        }
        announces(REFUSED, "192.0.2.1");
        request(first, "TEARDOWN", "Session: " + session + "\r\n", "");
        wire.pass(1);
        announces("RTSP/1.0 200 OK", "192.0.2.1");
        announces(REFUSED, "192.0.2.1");
    }
}
