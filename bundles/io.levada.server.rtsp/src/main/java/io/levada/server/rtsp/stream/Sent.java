/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

/**
 * What a reader was sent.
 *
 * @param packets RTP packets
 * @param bytes RTP and RTCP with their interleaved headers
 * @param dropped RTP packets that it was not sent because it was slow
 * @param skips how often it was skipped forward
 */
public record Sent(long packets, long bytes, long dropped, long skips) {

    public static final Sent NOTHING = new Sent(0, 0, 0, 0);

    public Sent plus(Sent more) {
        return new Sent(packets + more.packets, bytes + more.bytes, dropped + more.dropped, skips + more.skips);
    }
}
