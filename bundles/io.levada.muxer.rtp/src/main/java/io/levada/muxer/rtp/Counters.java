/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.rtp;

import java.util.concurrent.atomic.LongAdder;

/** The stage's figures; written by its thread, read by anyone. */
final class Counters {

    /** RTP packets that the system took. */
    final LongAdder sentPackets = new LongAdder();
    /** Their bytes. */
    final LongAdder sentBytes = new LongAdder();
    /** RTP packets that the system did not take in time. */
    final LongAdder dropped = new LongAdder();
    /** Packets that came in with an SSRC of ours. */
    final LongAdder collisions = new LongAdder();
}
