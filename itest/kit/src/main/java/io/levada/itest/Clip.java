package io.levada.itest;

/** The demo's clip: H.264 Baseline without B-frames, 768x432, and AAC in stereo. */
public final class Clip {

    public static final double FRAMES_PER_SECOND = 12.5;
    public static final double SECONDS = 30.16;
    public static final double PICTURE = 1 / FRAMES_PER_SECOND;

    private Clip() {}
}
