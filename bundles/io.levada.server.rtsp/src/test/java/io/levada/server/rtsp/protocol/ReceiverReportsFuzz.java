/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import io.levada.api.media.MediaKind;
import io.levada.ffmpeg.RtpMedia;
import io.levada.server.rtsp.stream.TrackDescription;
import io.netty.buffer.Unpooled;
import java.util.List;

/** RTCP from a reader: whatever it is, the figures stay within what its fields can say. */
public final class ReceiverReportsFuzz {

    private static final int SOURCE = 2;
    private static final int CLOCK = 90_000;
    private static final double LONGEST_JITTER = 1e9 * (1L << 32) / CLOCK;
    private static final int MOST_LOST = 1 << 23;
    private static final List<TrackDescription> TRACKS =
            List.of(new TrackDescription(0, new RtpMedia(MediaKind.VIDEO, 96, CLOCK, List.of()), SOURCE, 0));

    private ReceiverReportsFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        var reports = new ReceiverReports(() -> TRACKS);
        var packet = Unpooled.wrappedBuffer(input);
        boolean rtcp = reports.read(packet);
        var told = reports.reception();
        if (!rtcp && told.isPresent() || packet.readerIndex() != 0) {
            throw new AssertionError("no RTCP, but " + told);
        }
        told.ifPresent(reception -> {
            boolean sane = Math.abs(reception.lost()) <= MOST_LOST
                    && reception.lossRatio() >= 0
                    && reception.lossRatio() < 1
                    && reception.jitter() >= 0
                    && reception.jitter() <= LONGEST_JITTER
                    && reception.roundTrip() >= 0;
            if (!sane) {
                throw new AssertionError(reception);
            }
        });
    }
}
