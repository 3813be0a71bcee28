/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

/**
 * Nothing will come for this stretch of the track: a pause in the audio, frames lost upstream. Joins and muxers go on
 * instead of waiting.
 *
 * @param pts where the gap begins, in ticks of the track's time base
 * @param duration how long it is, in the same ticks
 */
public record Gap(long pts, long duration) implements Marker {}
