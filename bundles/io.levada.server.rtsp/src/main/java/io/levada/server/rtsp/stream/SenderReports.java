/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import io.levada.ffmpeg.RtcpSenderReports;
import io.levada.ffmpeg.RtcpSenderReports.SenderInfo;
import io.netty.buffer.ByteBufAllocator;

/** RTCP of the sending side, behind an interleaved header. */
final class SenderReports {

    private final ByteBufAllocator allocator;
    private final RtcpSenderReports reports = new RtcpSenderReports();

    SenderReports(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /**
     * A sender report with the source's description.
     *
     * @param wallTime an instant, nanoseconds since 1970
     * @param time the same instant on the stream's time line
     * @param bye whether it also says that the source leaves
     */
    RtpBatch report(TrackDescription track, long packets, long octets, long wallTime, long time, boolean bye) {
        int timestamp =
                track.origin() + RtcpSenderReports.ticks(time, track.media().clockRate());
        var info = new SenderInfo(track.ssrc(), wallTime, timestamp, packets, octets);
        var frame = allocator.directBuffer(RtpBatch.PREFIX + RtcpSenderReports.MOST_BYTES);
        var bytes = frame.nioBuffer(RtpBatch.PREFIX, RtcpSenderReports.MOST_BYTES);
        if (bye) {
            reports.bye(info, bytes);
        } else {
            reports.report(info, bytes);
        }
        frame.writeByte('$').writeByte(RtpBatch.channel(track.id()) + 1).writeShort(bytes.position());
        return RtpBatch.rtcp(track.id(), frame.writerIndex(RtpBatch.PREFIX + bytes.position()));
    }
}
