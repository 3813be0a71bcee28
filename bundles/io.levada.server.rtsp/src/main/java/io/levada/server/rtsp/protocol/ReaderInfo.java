/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

/**
 * A reader, for lists of them.
 *
 * @param path what it reads
 * @param address where it is
 * @param transport {@code udp}, {@code tcp} or {@code multicast}
 * @param playing whether it plays at this moment
 * @param seconds since its session began
 * @param queuedBytes what waits for it
 * @param dropped RTP packets that it was not sent because it was slow
 * @param lost packets that it reported lost
 * @param jitter what it reported, in ticks of the RTP clock
 */
public record ReaderInfo(
        String path,
        String address,
        String transport,
        boolean playing,
        long seconds,
        long queuedBytes,
        long dropped,
        long lost,
        long jitter) {}
