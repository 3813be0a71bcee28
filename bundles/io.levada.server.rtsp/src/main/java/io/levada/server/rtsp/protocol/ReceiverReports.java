/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import io.levada.api.server.Reception;
import io.levada.ffmpeg.RtcpSenderReports;
import io.levada.server.rtsp.stream.TrackDescription;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What a reader tells of each track by RTCP (RFC 3550, 6.4). Thread-safe. */
final class ReceiverReports {

    private static final int VERSION = 2;
    private static final int SR = 200;
    private static final int RR = 201;
    private static final int HEADER = 4;
    private static final int SENDER_INFO = 24;
    private static final int BLOCK = 24;

    /** More sources than a stream has tracks: what else a reader reports on is not ours. */
    private static final int MOST_SOURCES = 16;

    private static final double SECOND = 1e9;

    /** Units of an NTP timestamp's middle 32 bits in a second. */
    private static final double SHORT_NTP = 65536;

    /**
     * A report block.
     *
     * @param fractionLost packets lost since the last one, of 256
     * @param lost packets lost so far
     * @param jitter in ticks of the RTP clock
     * @param roundTrip in 1/65536 seconds; negative when it is not known
     */
    private record Block(int fractionLost, int lost, long jitter, int roundTrip) {}

    private final Map<Integer, Block> bySource = new ConcurrentHashMap<>();

    /**
     * Reads a compound packet; damaged ones change nothing beyond the damage.
     *
     * @return whether it is RTCP
     */
    boolean read(ByteBuf packet) {
        int at = packet.readerIndex();
        int end = packet.writerIndex();
        boolean any = false;
        while (end - at >= HEADER) {
            int first = packet.getUnsignedByte(at);
            int type = packet.getUnsignedByte(at + 1);
            int length = 4 * (packet.getUnsignedShort(at + 2) + 1);
            if (first >> 6 != VERSION || type < SR || type > 207 || length > end - at) {
                return any;
            }
            any = true;
            if (type == SR || type == RR) {
                blocks(packet, at + (type == SR ? HEADER + SENDER_INFO : 2 * HEADER), at + length, first & 0x1f);
            }
            at += length;
        }
        return any;
    }

    private void blocks(ByteBuf packet, int start, int end, int count) {
        for (int i = 0, at = start; i < count && at + BLOCK <= end; i++, at += BLOCK) {
            int source = packet.getInt(at);
            if (bySource.size() < MOST_SOURCES || bySource.containsKey(source)) {
                bySource.put(
                        source,
                        new Block(
                                packet.getUnsignedByte(at + 4),
                                packet.getMedium(at + 5),
                                packet.getUnsignedInt(at + 12),
                                roundTrip(packet.getInt(at + 16), packet.getInt(at + 20))));
            }
        }
    }

    /** Since our report that it had last, less the time that it kept that (RFC 3550, 6.4.1); a clock that was set back gives none. */
    private static int roundTrip(int lastReport, int delay) {
        return lastReport == 0 ? -1 : RtcpSenderReports.shortNtp(RtcpSenderReports.wallTime()) - lastReport - delay;
    }

    /** All that it told of these tracks. */
    Optional<Reception> reception(List<TrackDescription> tracks) {
        long lost = 0;
        double ratio = 0;
        double jitter = 0;
        double roundTrip = 0;
        boolean any = false;
        for (var track : tracks) {
            var block = bySource.get(track.ssrc());
            if (block != null) {
                any = true;
                lost += block.lost();
                ratio = Math.max(ratio, block.fractionLost() / 256.0);
                jitter =
                        Math.max(jitter, block.jitter() * SECOND / track.media().clockRate());
                roundTrip = Math.max(roundTrip, block.roundTrip() * SECOND / SHORT_NTP);
            }
        }
        return any ? Optional.of(new Reception(lost, ratio, (long) jitter, (long) roundTrip)) : Optional.empty();
    }
}
