/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import java.nio.ByteBuffer;

/** Where the payload of an RTP packet is (RFC 3550, 5.1, 5.3.1). */
final class RtpPayload {

    private static final int HEADER = 12;
    private static final int PADDING = 0x20;
    private static final int EXTENSION = 0x10;
    private static final int SOURCES = 0x0f;
    private static final int WORD = 4;

    private RtpPayload() {}

    /** A view of it, empty if there is none. The packet has a header at least. */
    static ByteBuffer of(ByteBuffer packet) {
        int first = packet.get(packet.position());
        long start = packet.position() + HEADER + WORD * (first & SOURCES);
        long end = packet.limit();
        if ((first & EXTENSION) != 0 && start + WORD <= end) {
            start += WORD + (long) WORD * (packet.getShort((int) start + 2) & 0xffff);
        }
        if ((first & PADDING) != 0) {
            end -= packet.get((int) end - 1) & 0xff;
        }
        return start < end ? packet.slice((int) start, (int) (end - start)) : packet.slice(packet.limit(), 0);
    }
}
