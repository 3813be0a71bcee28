/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import java.nio.charset.StandardCharsets;

/** The body of a POST whose GET is another connection. The first byte says in what pieces it comes. */
public final class TunnelFuzz {

    private static final byte[] GET = request("GET /live HTTP/1.0\r\nx-sessioncookie: c\r\n\r\n");
    private static final byte[] POST =
            request("POST /live HTTP/1.0\r\nx-sessioncookie: c\r\nContent-Length: 32767\r\n\r\n");

    private TunnelFuzz() {}

    private static byte[] request(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 2) {
            return;
        }
        int piece = (input[0] & 0x40) == 0 ? input.length : 1 + (input[0] & 0x3f);
        try (var wire = new Wire()) {
            var get = wire.connect();
            wire.send(get, GET, 0, GET.length);
            var post = wire.connect();
            wire.send(post, POST, 0, POST.length);
            wire.send(post, input, 1, input.length, piece);
            wire.picture(false);
            wire.pass(4);
            wire.check(true);
            if (!get.isOpen() && post.isOpen()) {
                throw new AssertionError("a tunnel's input outlives it");
            }
        }
    }
}
