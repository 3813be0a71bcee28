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
 * @param nanos longest stretch of time between the oldest and the newest
 * @param bytes most bytes
 */
public record Limits(Policy policy, int samples, long nanos, long bytes) {

    /** Bytes that no link exceeds unless it is told to. */
    public static final long MOST_BYTES = 256_000_000;
}
