/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.link;

/**
 * How much a link holds before its policy applies.
 *
 * @param policy what then happens
 * @param samples most samples
 * @param widest most samples when a join has to let it take more while it waits for another link
 * @param nanos longest stretch of running time between the oldest and the newest
 * @param bytes most bytes
 */
public record Limits(Policy policy, int samples, int widest, long nanos, long bytes) {

    /** Samples that no link exceeds. */
    public static final int MOST_SAMPLES = 4000;

    /** Bytes that no link exceeds unless it is told to. */
    public static final long MOST_BYTES = 256_000_000;

    /** Limits that are not widened. */
    public static Limits of(Policy policy, int samples, long nanos, long bytes) {
        return new Limits(policy, samples, samples, nanos, bytes);
    }

    /** A limit by number alone. */
    public static Limits count(Policy policy, int samples) {
        return of(policy, samples, Long.MAX_VALUE, MOST_BYTES);
    }

    /** The same, however long the stretch. */
    public Limits untimed() {
        return new Limits(policy, samples, widest, Long.MAX_VALUE, bytes);
    }

    /** The same with another policy. */
    public Limits policy(Policy other) {
        return new Limits(other, samples, widest, nanos, bytes);
    }

    /** The same, widened by joins up to {@link #MOST_SAMPLES}. */
    public Limits elastic() {
        return new Limits(policy, samples, MOST_SAMPLES, nanos, bytes);
    }
}
