/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;

/** What receivers tell of sources by RTCP (RFC 3550, 6.4). Written by one thread; what it says may be read by any. */
public final class RtcpReceiverReports {

    private static final int VERSION = 2;
    private static final int SR = 200;
    private static final int RR = 201;
    private static final int LAST_TYPE = 207;
    private static final int HEADER = 4;
    private static final int SSRC = 4;
    private static final int SENDER_INFO = 20;
    private static final int BLOCK = 24;

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
    private volatile long received;

    /** @param ours the sources that count, by their SSRC; what is said of others is left out, for anybody can say anything */
    public RtcpReceiverReports(IntPredicate ours) {
        this.ours = ours;
    }

    /**
     * Reads a compound packet between position and limit, big endian. One that is damaged anywhere changes nothing.
     *
     * @return whether it is RTCP
     */
    public boolean read(ByteBuffer packet) {
        if (!valid(packet)) {
            return false;
        }
        for (int at = packet.position(); at < packet.limit(); at += length(packet, at)) {
            int type = packet.get(at + 1) & 0xff;
            if (type == SR || type == RR) {
                int blocks = at + HEADER + SSRC + (type == SR ? SENDER_INFO : 0);
                blocks(packet, packet.getInt(at + HEADER), blocks, packet.get(at) & 0x1f);
            }
        }
        return true;
    }

    /** RFC 3550, A.2, and room for all that each part says it has. */
    private static boolean valid(ByteBuffer packet) {
        int at = packet.position();
        while (packet.limit() - at >= HEADER) {
            int type = packet.get(at + 1) & 0xff;
            int length = length(packet, at);
            if ((packet.get(at) & 0xff) >> 6 != VERSION || type < SR || type > LAST_TYPE) {
                return false;
            }
            int blocks = (packet.get(at) & 0x1f) * BLOCK;
            int needed = type == SR ? SSRC + SENDER_INFO + blocks : type == RR ? SSRC + blocks : 0;
            if (length < HEADER + needed || length > packet.limit() - at) {
                return false;
            }
            at += length;
        }
        return at == packet.limit() && packet.hasRemaining();
    }

    private static int length(ByteBuffer packet, int at) {
        return 4 * ((packet.getShort(at + 2) & 0xffff) + 1);
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField") // one writer
    private void blocks(ByteBuffer packet, int reporter, int start, int count) {
        for (int i = 0, at = start; i < count; i++, at += BLOCK) {
            int source = packet.getInt(at);
            if (ours.test(source)) {
                int losses = packet.getInt(at + 4);
                long jitter = packet.getInt(at + 12) & 0xffffffffL;
                long roundTrip = roundTrip(packet.getInt(at + 16), packet.getInt(at + 20));
                bySource.put(source, new Reception(reporter, losses >>> 24, losses << 8 >> 8, jitter, roundTrip));
                received++;
            }
        }
    }

    /** Since our report that it had last, less the time that it kept that (RFC 3550, 6.4.1); a clock that was set back gives none. */
    private static long roundTrip(int lastReport, int delay) {
        int elapsed = RtcpSenderReports.shortNtp(RtcpSenderReports.wallTime()) - lastReport - delay;
        return lastReport == 0 || elapsed < 0 ? -1 : elapsed * SECOND >> SHORT_NTP_BITS;
    }

    /** Report blocks on our sources so far. */
    public long received() {
        return received;
    }

    /** What was said last of a source, by its SSRC. */
    public Optional<Reception> of(int source) {
        return Optional.ofNullable(bySource.get(source));
    }
}
