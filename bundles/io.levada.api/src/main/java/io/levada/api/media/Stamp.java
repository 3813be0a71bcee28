/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

import java.util.Objects;

/**
 * Where and when a piece of content entered the node. The source makes one for every sample; it stays with the content
 * through decoding, analysis, events, recording and serving (a decoder hands the packet's stamp on to its frame), so that
 * results can be joined to the picture they are about, and latency and evidence can be told.
 *
 * <p>Two samples are about the same moment of the same stream when source, epoch and pts are equal ({@link #matches}).
 */
public final class Stamp {

    private final String source;
    private final int epoch;
    private final long pts;
    private final long runningTime;
    private final long captured;
    private final long captureTime;

    private Stamp(String source, int epoch, long pts, long runningTime, long captured, long captureTime) {
        this.source = Objects.requireNonNull(source);
        this.epoch = epoch;
        this.pts = pts;
        this.runningTime = runningTime;
        this.captured = captured;
        this.captureTime = captureTime;
    }

    /**
     * @param source the track that made it, {@code pipeline/stage:track}; pass the same String instance every time
     * @param epoch counts the source's loops, reconnects and seeks
     * @param pts presentation time in ticks of the source's track, on the running time line (it rises across epochs)
     * @param runningTime presentation time in nanoseconds on the source's monotonic running time
     * @param captured {@link System#nanoTime()} when it entered the node; latency is measured from it
     * @param captureTime wall clock at capture, nanoseconds since 1970; the camera's with {@code clock=camera}
     */
    public static Stamp of(String source, int epoch, long pts, long runningTime, long captured, long captureTime) {
        return new Stamp(source, epoch, pts, runningTime, captured, captureTime);
    }

    public String source() {
        return source;
    }

    public int epoch() {
        return epoch;
    }

    /** Ticks of the source's own track; a re-timed sample's {@link Sample#pts()} may differ from it. */
    public long pts() {
        return pts;
    }

    /** Nanoseconds on the source's monotonic running time: it never jumps back, whatever the epoch. */
    public long runningTime() {
        return runningTime;
    }

    /** {@link System#nanoTime()} of the capture. */
    public long captured() {
        return captured;
    }

    /** Wall clock of the capture, nanoseconds since 1970-01-01T00:00Z. */
    public long captureTime() {
        return captureTime;
    }

    /** Whether both are about the same moment of the same stream. */
    public boolean matches(Stamp other) {
        return pts == other.pts && epoch == other.epoch && source.equals(other.source);
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof Stamp other
                && matches(other)
                && runningTime == other.runningTime
                && captured == other.captured
                && captureTime == other.captureTime;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(pts) * 31 + epoch;
    }

    @Override
    public String toString() {
        return source + "#" + epoch + "@" + pts;
    }
}
