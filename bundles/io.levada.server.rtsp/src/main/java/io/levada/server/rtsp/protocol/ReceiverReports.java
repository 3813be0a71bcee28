/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import io.levada.api.server.Reception;
import io.levada.ffmpeg.RtcpReader;
import io.levada.ffmpeg.RtcpReceiverReports;
import io.levada.server.rtsp.stream.TrackDescription;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What a reader tells of each track by RTCP (RFC 3550, 6.4). Thread-safe. */
final class ReceiverReports {

    private static final int HEADER = 4;
    private static final double SECOND = 1e9;

    private final Supplier<List<TrackDescription>> tracks;
    private final RtcpReceiverReports reports;

    /** @param tracks those that it may report on, as far as they are known; any thread */
    ReceiverReports(Supplier<List<TrackDescription>> tracks) {
        this.tracks = tracks;
        this.reports =
                new RtcpReceiverReports(source -> tracks.get().stream().anyMatch(track -> track.ssrc() == source));
    }

    /**
     * Reads a packet.
     *
     * @return whether it is RTCP, damaged or not, so that the reader is alive
     */
    boolean read(ByteBuf packet) {
        int start = packet.readerIndex();
        if (packet.readableBytes() < HEADER
                || !RtcpReader.begins(packet.getUnsignedByte(start), packet.getUnsignedByte(start + 1))) {
            return false;
        }
        reports.read(packet.nioBuffer());
        return true;
    }

    /** All that it told of the tracks. */
    Optional<Reception> reception() {
        long lost = 0;
        double ratio = 0;
        double jitter = 0;
        long roundTrip = 0;
        boolean any = false;
        for (var track : tracks.get()) {
            var told = reports.of(track.ssrc());
            if (told.isPresent()) {
                var reception = told.get();
                any = true;
                lost += reception.lost();
                ratio = Math.max(ratio, reception.fractionLost() / 256.0);
                jitter = Math.max(
                        jitter, reception.jitter() * SECOND / track.media().clockRate());
                roundTrip = Math.max(roundTrip, reception.roundTrip());
            }
        }
        return any ? Optional.of(new Reception(lost, ratio, (long) jitter, roundTrip)) : Optional.empty();
    }
}
