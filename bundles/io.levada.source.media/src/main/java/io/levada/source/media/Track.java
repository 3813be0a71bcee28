/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.source.media;

import io.levada.api.media.MediaKind;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.Sample;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.Output;
import java.util.ArrayDeque;
import java.util.Objects;

/**
 * One track of the content: it maps the container's times onto the timeline and sees to it that decoding times rise.
 * It lives on over rounds and is told the stream of each.
 */
final class Track {

    private static final long NO_TIME = Sample.NO_TIME;
    private static final long STRAGGLING = 1_000_000_000L;
    private static final int MOST_SKIPPED = 600;

    final String name;
    /** The stamp's source; one instance for all samples. */
    final String source;

    final Output output;
    /** The read-ahead's. */
    final ArrayDeque<ReadAhead.Item> queue = new ArrayDeque<>();

    PacketFormat format;
    TimeBase timeBase = TimeBase.NANOS;
    private boolean formatPending;
    private boolean active;
    private boolean joined;
    private int skipped;
    private boolean discontinuity;
    /** How many pictures may be decoded before one that is shown earlier. */
    private int reordering;

    /** Ticks to add to the container's times. */
    private long offset;
    /** The same before the last jump, for stragglers of other tracks. */
    private long offsetBefore;

    private boolean started;
    private long lastDts = NO_TIME;
    private long usualDuration;

    private boolean roundStarted;
    private long firstPts;
    private long endPts;
    private long firstDts;
    private long endDts;

    /** The times of the packet mapped last. */
    long pts;

    long dts;
    long duration;

    /** @param discontinuity whether something is missing before its first packet */
    Track(String name, String source, Output output, boolean discontinuity) {
        this.name = name;
        this.source = source;
        this.output = output;
        this.discontinuity = discontinuity;
    }

    /** A round begins: the stream's format, and the offset from its own times to the timeline. */
    void begin(PacketFormat format, long offset) {
        if (!timeBase.equals(format.timeBase())) {
            lastDts = timeBase.rescaleTo(format.timeBase(), lastDts);
            timeBase = format.timeBase();
        }
        if (!Objects.equals(format, this.format)) {
            this.format = format;
            formatPending = true;
        }
        this.offset = offset;
        this.offsetBefore = offset;
        usualDuration = format.frameRate().known()
                ? timeBase.fromNanos(Math.round(1e9 / format.frameRate().value()))
                : 0;
        reordering = format.kind() == MediaKind.VIDEO
                ? Integer.parseInt(format.details().getOrDefault("video_delay", "0"))
                : 0;
        roundStarted = false;
        active = true;
    }

    /** Whether packets come all the time, so that one can wait for the next. */
    boolean steady() {
        return active && (format.kind() == MediaKind.VIDEO || format.kind() == MediaKind.AUDIO);
    }

    /** A round begins that has none of this track unless {@link #begin} follows. */
    void vanish() {
        active = false;
    }

    /** Whether the present round has none of this track. */
    boolean vanished() {
        return !active;
    }

    /** Whether to take a packet: one who joins a stream anywhere begins at a keyframe, if one comes in reasonable time. */
    boolean joins(boolean keyframe, boolean anywhere) {
        joined = joined || !anywhere || keyframe || format.kind() != MediaKind.VIDEO || ++skipped > MOST_SKIPPED;
        return joined;
    }

    /** Whether something is missing before the next packet; asked once for every packet. */
    boolean takeDiscontinuity() {
        boolean missing = discontinuity;
        discontinuity = false;
        return missing;
    }

    /** The format changes in the middle of a round. */
    void change(PacketFormat format) {
        if (!format.equals(this.format)) {
            this.format = format;
            formatPending = true;
        }
    }

    /** The format that precedes the next packet if it is new, else null; asked once for every packet. */
    PacketFormat takeFormat() {
        if (!formatPending) {
            return null;
        }
        formatPending = false;
        return format;
    }

    /** The container's times jumped: from now on another offset. */
    void jump(long offset) {
        this.offsetBefore = this.offset;
        this.offset = offset;
    }

    /** How far a decoding time of the container's lies from where the track stands, in nanoseconds; 0 before the first. */
    long distance(long containerDts) {
        return distance(containerDts, offset);
    }

    /** Whether a packet that fits badly is one from before the last jump, as tracks don't jump at the same packet. */
    boolean straggler(long containerDts) {
        return offset != offsetBefore && Math.abs(distance(containerDts, offsetBefore)) < STRAGGLING;
    }

    private long distance(long containerDts, long by) {
        return containerDts == NO_TIME || !started ? 0 : timeBase.toNanos(containerDts + by - expectedDts());
    }

    private long expectedDts() {
        return lastDts + Math.max(1, usualDuration);
    }

    /**
     * Maps a packet's times into {@link #pts}, {@link #dts} and {@link #duration}, and keeps dts rising.
     *
     * @return whether the decoding time had to be moved for that
     */
    boolean map(long containerPts, long containerDts, long containerDuration, boolean straggler) {
        long offset = straggler ? offsetBefore : this.offset;
        boolean repaired = false;
        duration = containerDuration > 0 ? containerDuration : usualDuration;
        pts = containerPts == NO_TIME ? NO_TIME : containerPts + offset;
        dts = containerDts == NO_TIME ? guessDts() : containerDts + offset;
        if (started && dts <= lastDts) {
            repaired = containerDts != NO_TIME;
            dts = lastDts + 1;
        }
        if (pts == NO_TIME && reordering == 0 || pts != NO_TIME && pts < dts) {
            pts = dts;
        }
        if (containerDuration > 0) {
            usualDuration = containerDuration;
        }
        started = true;
        lastDts = dts;
        account();
        return repaired;
    }

    private long guessDts() {
        if (!started) {
            return (pts == NO_TIME ? offset : pts) - reordering * usualDuration;
        }
        return pts != NO_TIME && reordering == 0 ? pts : expectedDts();
    }

    private void account() {
        long shown = pts == NO_TIME ? dts : pts;
        if (!roundStarted) {
            roundStarted = true;
            firstPts = shown;
            firstDts = dts;
            endPts = shown;
        }
        firstPts = Math.min(firstPts, shown);
        endPts = Math.max(endPts, shown + duration);
        endDts = dts + Math.max(1, duration);
    }

    /** Ticks from the round's beginning to its end on this track, so that the next round collides with nothing; 0 if empty. */
    long length() {
        return roundStarted ? Math.max(endPts - firstPts, endDts - firstDts) : 0;
    }

    long lengthNanos() {
        return timeBase.toNanos(length());
    }

    /** Where the next packet would be decoded, in nanoseconds of running time. */
    long expectedNanos() {
        return timeBase.toNanos(expectedDts());
    }

    /** Where the track's content ends so far, in nanoseconds of running time. */
    long endNanos() {
        return started ? timeBase.toNanos(Math.max(endPts, endDts)) : Long.MIN_VALUE;
    }

    /** Nanoseconds of running time of the packet mapped last, by decoding time. */
    long dtsNanos() {
        return timeBase.toNanos(dts);
    }
}
