/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntPredicate;

/** What receivers tell of sources by RTCP (RFC 3550, 6.4). Thread-safe. */
public final class RtcpReceiverReports {

    private static final int SHORT_NTP_BITS = 16;
    private static final long SECOND = 1_000_000_000L;

    /**
     * What a receiver says of a source.
     *
     * @param reporter the receiver, its SSRC
     * @param fractionLost packets lost since its last report, of 256
     * @param lost packets lost so far; below 0 where some came twice
     * @param jitter interarrival jitter in ticks of the source's RTP clock
     * @param roundTrip nanoseconds; negative where it is not known
     */
    public record Reception(int reporter, int fractionLost, int lost, long jitter, long roundTrip) {}

    private final Map<Integer, Reception> bySource = new ConcurrentHashMap<>();
    private final IntPredicate ours;
    private final LongAdder received = new LongAdder();
    private final RtcpReader.Listener listener = new RtcpReader.Listener() {
        @Override
        public void block(RtcpReader.Block block) {
            RtcpReceiverReports.this.block(block);
        }
    };

    /** @param ours the sources that count, by their SSRC; what is said of others is left out, for anybody can say anything */
    public RtcpReceiverReports(IntPredicate ours) {
        this.ours = ours;
    }

    /** Reads a compound packet between position and limit, big endian. One that is damaged anywhere changes nothing. */
    public void read(ByteBuffer packet) {
        RtcpReader.read(packet, listener);
    }

    private void block(RtcpReader.Block block) {
        if (ours.test(block.source())) {
            bySource.put(
                    block.source(),
                    new Reception(
                            block.reporter(),
                            block.fractionLost(),
                            block.lost(),
                            block.jitter(),
                            roundTrip(block.lastReport(), block.delay())));
            received.increment();
        }
    }

    /** Since our report that it had last, less the time that it kept that (RFC 3550, 6.4.1); a clock that was set back gives none. */
    private static long roundTrip(int lastReport, int delay) {
        int elapsed = RtcpSenderReports.shortNtp(RtcpSenderReports.wallTime()) - lastReport - delay;
        return lastReport == 0 || elapsed < 0 ? -1 : elapsed * SECOND >> SHORT_NTP_BITS;
    }

    /** Report blocks on our sources so far. */
    public long received() {
        return received.sum();
    }

    /** What was said last of a source, by its SSRC. */
    public Optional<Reception> of(int source) {
        return Optional.ofNullable(bySource.get(source));
    }
}
