/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** A stream's figures; written by event loops, read by anyone. */
public final class Counters {

    /** Readers that play. */
    public final AtomicInteger readers = new AtomicInteger();
    /** Bytes handed to sockets, RTP and RTCP with their interleaved headers. */
    public final LongAdder bytes = new LongAdder();
    /** RTP packets handed to sockets. */
    public final LongAdder packets = new LongAdder();
    /** RTP packets that slow readers were not sent. */
    public final LongAdder droppedSlow = new LongAdder();
    /** RTP packets that were lost because an event loop did not keep up. */
    public final LongAdder droppedLoop = new LongAdder();
    /** Readers that were thrown out for being too slow. */
    public final LongAdder evicted = new LongAdder();
    /** GOPs that were not kept for new readers because all streams together hold too much. */
    public final LongAdder gopsGivenUp = new LongAdder();
    /** Access units that there was no memory for. */
    public final LongAdder droppedMemory = new LongAdder();
}
