/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

import java.util.Objects;

/**
 * One unit of media on a track: a small immutable header over shared, reference-counted {@link Memory}. Whoever changes
 * only what the header says makes a new header over the same memory (and retains that memory for it).
 *
 * <p><b>Ownership.</b> A sample is lent to a stage for the duration of the call that delivers it. Who keeps it longer calls
 * {@link #retain()} and later {@link #release()}, once each. {@code Output.emit} takes over one reference.
 *
 * <p>Its concrete classes are {@link Packet}, {@link VideoFrame}, {@link AudioFrame}, {@link Tensor}, {@link Event} and
 * {@link Chunk}; more may follow, so nobody may rely on knowing them all.
 */
public abstract non-sealed class Sample implements StreamItem {

    /** A time that is not known. */
    public static final long NO_TIME = Long.MIN_VALUE;

    /** Decoding can start here. */
    protected static final int KEYFRAME = 1;
    /** Something is missing between this sample and the one before. */
    protected static final int DISCONTINUITY = 1 << 1;
    /** No other sample needs this one to be decoded. */
    protected static final int DISPOSABLE = 1 << 2;
    /** Replayed from a cache so that a late joiner can start; analyzers do not see it. */
    protected static final int PREROLL = 1 << 3;
    /** Known to be damaged. */
    protected static final int CORRUPT = 1 << 4;
    /** Initialisation data without media, such as an MP4's {@code moov}. */
    protected static final int INIT = 1 << 5;

    private final Stamp stamp;
    private final long pts;
    private final long duration;
    private final int flags;
    private final Memory memory;

    Sample(Builder<?, ?> builder) {
        this.stamp = Objects.requireNonNull(builder.stamp, "a sample needs a stamp");
        this.pts = builder.pts;
        this.duration = builder.duration;
        this.flags = builder.flags;
        this.memory = Objects.requireNonNull(builder.memory, "a sample needs memory");
    }

    /** When and where the content entered the node. */
    public final Stamp stamp() {
        return stamp;
    }

    /** Presentation time in ticks of the track's time base, or {@link #NO_TIME}. */
    public final long pts() {
        return pts;
    }

    /** In ticks of the track's time base; 0 if not known. */
    public final long duration() {
        return duration;
    }

    public final boolean keyframe() {
        return (flags & KEYFRAME) != 0;
    }

    public final boolean discontinuity() {
        return (flags & DISCONTINUITY) != 0;
    }

    public final boolean disposable() {
        return (flags & DISPOSABLE) != 0;
    }

    public final boolean preroll() {
        return (flags & PREROLL) != 0;
    }

    public final boolean corrupt() {
        return (flags & CORRUPT) != 0;
    }

    final int flags() {
        return flags;
    }

    /** The bytes; {@link Memory#NONE} for samples that have none. */
    public final Memory memory() {
        return memory;
    }

    /** Which kind of sample this is. */
    public abstract SampleType type();

    /** Takes one more reference of the memory; pair it with one {@link #release()}. */
    public final void retain() {
        memory.retain();
    }

    /** Gives one reference back; after the last one the memory is recycled and the sample must not be touched. */
    public final void release() {
        memory.release();
    }

    /** What the sample holds on to, in bytes; what byte limits of links count. */
    public final long bytes() {
        return memory.bytes();
    }

    /**
     * Common part of the builders. A stage keeps one builder and reuses it: {@code build()} leaves it as it was, so that
     * only what differs has to be set for the next sample.
     *
     * @param <B> the builder's own type
     * @param <S> what it builds
     */
    public abstract static class Builder<B extends Builder<B, S>, S extends Sample> {

        Stamp stamp;
        long pts = NO_TIME;
        long duration;
        int flags;
        Memory memory;

        Builder(Memory memory) {
            this.memory = memory;
        }

        /** Copies what every header has, the memory included (not retained by this). */
        B like(Sample sample) {
            stamp = sample.stamp;
            pts = sample.pts;
            duration = sample.duration;
            flags = sample.flags;
            memory = sample.memory;
            return self();
        }

        @SuppressWarnings("unchecked")
        final B self() {
            return (B) this;
        }

        final B flag(int flag, boolean on) {
            flags = on ? flags | flag : flags & ~flag;
            return self();
        }

        /** The memory; the sample takes over one reference from the caller. */
        public final B memory(Memory memory) {
            this.memory = memory;
            return self();
        }

        public final B stamp(Stamp stamp) {
            this.stamp = stamp;
            return self();
        }

        public final B pts(long pts) {
            this.pts = pts;
            return self();
        }

        public final B duration(long duration) {
            this.duration = duration;
            return self();
        }

        public final B keyframe(boolean keyframe) {
            return flag(KEYFRAME, keyframe);
        }

        public final B discontinuity(boolean discontinuity) {
            return flag(DISCONTINUITY, discontinuity);
        }

        public final B disposable(boolean disposable) {
            return flag(DISPOSABLE, disposable);
        }

        public final B preroll(boolean preroll) {
            return flag(PREROLL, preroll);
        }

        public final B corrupt(boolean corrupt) {
            return flag(CORRUPT, corrupt);
        }

        /** The sample; it owns one reference of the memory, the caller's. */
        public abstract S build();
    }
}
