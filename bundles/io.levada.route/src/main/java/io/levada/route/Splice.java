/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.route;

import io.levada.api.media.AudioFormat;
import io.levada.api.media.AudioFrame;
import io.levada.api.media.Format;
import io.levada.api.media.Gap;
import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.Sample;
import io.levada.api.media.TimeBase;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Output;
import io.levada.api.stage.StageException;

/**
 * One track made of stretches that come from different places or times. Its time base is that of the first, and its time
 * never goes back: a stretch that would begin too early is moved behind what went out before, and comes back to its own time
 * little by little, lest many of them add up. Used in the stage's calls.
 */
final class Splice {

    private static final long NO_TIME = Sample.NO_TIME;

    /** Of what lies between two samples, how much less it may be for a stretch to come back to its time. */
    private static final int SLEW = 8;

    /** What can't be divided so, a ninetieth of a millisecond can. */
    private static final long COARSE_NANOS = 1_000_000;

    private Format incoming;
    private Format outgoing;
    /** Ticks of the outgoing track; NO_TIME before the first. */
    private long lastDts = NO_TIME;

    private long endDts;
    private long lastPts;
    private long endPts;
    /** Ticks that are added to times. */
    private long shift;

    private boolean slews;
    /** Ticks that have passed and were not yet used to come back. */
    private long passed;

    private boolean torn;

    /**
     * What follows looks like this.
     *
     * @throws StageException if it is nothing that has a place in time
     */
    void format(Format format, Output out) throws StageException {
        if (!format.equals(incoming)) {
            incoming = format;
            supported(format);
            var told = timed(format, outgoing == null ? fine(format) : outgoing.timeBase());
            outgoing = told.equals(outgoing) ? outgoing : told; // the same object, so that frames need no other header
        }
        out.format(outgoing);
    }

    private static void supported(Format format) throws StageException {
        if (!(format instanceof PacketFormat || format instanceof VideoFormat || format instanceof AudioFormat)) {
            throw StageException.invalid("only packets and frames can be let through or held back, not " + format)
                    .parameter("from")
                    .remedy("take from a source, a decoder, a filter or an encoder");
        }
    }

    private static TimeBase fine(Format format) {
        boolean coarse = format.timeBase().toNanos(1) > COARSE_NANOS;
        return coarse && format instanceof PacketFormat ? TimeBase.RTP_VIDEO : format.timeBase();
    }

    private static Format timed(Format format, TimeBase timeBase) {
        if (format.timeBase().equals(timeBase)) {
            return format;
        }
        if (format instanceof PacketFormat packets) {
            return packets.toBuilder().timeBase(timeBase).build();
        }
        if (format instanceof VideoFormat video) {
            return video.toBuilder().timeBase(timeBase).build();
        }
        return format instanceof AudioFormat audio
                ? audio.toBuilder().timeBase(timeBase).build()
                : format;
    }

    /**
     * Another stretch begins, in the format last told.
     *
     * @param first its first sample
     * @param close whether it follows what went out before at once; else it keeps its time, where that is not too early
     */
    void begin(Sample first, boolean close) {
        if (lastDts == NO_TIME) {
            return;
        }
        torn = true;
        slews = !close;
        passed = 0;
        long dts = ticks(decoded(first));
        long pts = ticks(shown(first));
        shift = close
                ? Math.max(endDts - dts, endPts - pts)
                : Math.max(0, Math.max(lastDts + 1 - dts, lastPts + 1 - pts));
    }

    /** Sends a sample that is lent. A frame that would go back in time is left out. */
    void emit(Sample sample, Output out) {
        long duration = ticks(sample.duration());
        if (slews && shift > 0) {
            comeBack(duration);
        }
        long dts = ticks(decoded(sample)) + shift;
        if (lastDts != NO_TIME && dts <= lastDts) {
            if (!(sample instanceof Packet)) {
                return;
            }
            dts = lastDts + 1;
        }
        long pts = Math.max(dts, ticks(shown(sample)) + shift);
        long step = duration > 0 ? duration : lastDts == NO_TIME ? 1 : dts - lastDts;
        lastDts = dts;
        lastPts = Math.max(lastPts, pts);
        endDts = dts + step;
        endPts = Math.max(endPts, pts + step);
        sample.retain();
        out.emit(retimed(sample, pts, dts, duration));
        torn = false;
    }

    private void comeBack(long duration) {
        passed += duration;
        long step = Math.min(shift, passed / SLEW);
        shift -= step;
        passed -= step * SLEW;
    }

    private Sample retimed(Sample sample, long pts, long dts, long duration) {
        boolean same = incoming.timeBase().equals(outgoing.timeBase()) && !torn;
        if (sample instanceof Packet packet) {
            boolean sameTimes = pts == shown(packet) && dts == decoded(packet);
            return same && sameTimes
                    ? packet
                    : packet.toBuilder()
                            .pts(packet.pts() == NO_TIME ? NO_TIME : pts)
                            .dts(packet.dts() == NO_TIME ? NO_TIME : dts)
                            .duration(duration)
                            .discontinuity(torn || packet.discontinuity())
                            .build();
        }
        if (same && pts == sample.pts()) {
            return sample;
        }
        if (sample instanceof VideoFrame frame) {
            return frame.toBuilder()
                    .format((VideoFormat) outgoing)
                    .pts(pts)
                    .duration(duration)
                    .discontinuity(torn || frame.discontinuity())
                    .build();
        }
        var frame = (AudioFrame) sample;
        return frame.toBuilder()
                .layout((AudioFormat) outgoing, frame.samples())
                .pts(pts)
                .duration(duration)
                .discontinuity(torn || frame.discontinuity())
                .build();
    }

    /** Says that nothing comes for a stretch. */
    void gap(Gap gap, Output out) {
        if (outgoing != null) {
            out.gap(new Gap(ticks(gap.pts()) + shift, ticks(gap.duration())));
        }
    }

    private long ticks(long incomingTicks) {
        return incoming.timeBase().rescaleTo(outgoing.timeBase(), incomingTicks);
    }

    private static long decoded(Sample sample) {
        return sample instanceof Packet packet && packet.dts() != NO_TIME ? packet.dts() : sample.pts();
    }

    private static long shown(Sample sample) {
        return sample.pts() == NO_TIME ? decoded(sample) : sample.pts();
    }
}
