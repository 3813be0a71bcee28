/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

/** How audio samples lie in memory; the names are FFmpeg's, {@code P} marks one plane per channel. */
public enum SampleFormat {
    U8(1, false),
    S16(2, false),
    S32(4, false),
    S64(8, false),
    FLT(4, false),
    DBL(8, false),
    U8P(1, true),
    S16P(2, true),
    S32P(4, true),
    S64P(8, true),
    FLTP(4, true),
    DBLP(8, true);

    private final int bytes;
    private final boolean planar;

    SampleFormat(int bytes, boolean planar) {
        this.bytes = bytes;
        this.planar = planar;
    }

    /** Bytes of one sample of one channel. */
    public int bytes() {
        return bytes;
    }

    /** Whether each channel has a plane of its own. */
    public boolean planar() {
        return planar;
    }
}
