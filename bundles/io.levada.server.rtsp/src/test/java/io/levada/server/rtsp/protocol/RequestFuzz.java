/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

/** What a client may send on a connection. The first byte says in what pieces, and how many connections it is shared out to. */
public final class RequestFuzz {

    private static final byte NEXT_CLIENT = 0;

    private RequestFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 2) {
            return;
        }
        int piece = (input[0] & 0x40) == 0 ? input.length : 1 + (input[0] & 0x3f);
        boolean several = input[0] < 0;
        try (var wire = new Wire()) {
            var client = wire.connect();
            int from = 1;
            for (int at = 1; several && at < input.length; at++) {
                if (input[at] == NEXT_CLIENT) {
                    wire.send(client, input, from, at, piece);
                    wire.picture(at % 2 == 0);
                    client = wire.connect();
                    from = at + 1;
                }
            }
            wire.send(client, input, from, input.length, piece);
            wire.picture(false);
            wire.picture(true);
            wire.pass(4);
            wire.check(several || client.answers().startsWith("HTTP"));
        }
    }
}
