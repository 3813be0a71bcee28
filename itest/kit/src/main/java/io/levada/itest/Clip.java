/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest;

/** The demo's clip: H.264 Baseline without B-frames, 768x432, and AAC in stereo. */
public final class Clip {

    public static final double FRAMES_PER_SECOND = 12.5;
    public static final double SECONDS = 30.16;

    /** From one picture to the next, in seconds. */
    public static final double PICTURE = 1 / FRAMES_PER_SECOND;

    /** From one frame of sound to the next, in seconds. */
    public static final double SOUND = 1024.0 / 48_000;

    private Clip() {}
}
