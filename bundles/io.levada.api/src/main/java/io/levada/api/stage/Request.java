/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.stage;

/**
 * What a consumer asks of the stages upstream of it. A request travels up until a stage does it.
 *
 * @param kind what is asked
 * @param value bits a second, frames a second, or nanoseconds of running time; else 0
 */
public record Request(Kind kind, long value) {

    /** What can be asked; more may be added, so an unknown one is passed on. */
    public enum Kind {
        /** A new reader needs a picture to begin with. */
        KEYFRAME,
        /** The path to the consumer carries this many bits a second. */
        BITRATE,
        /** More frames a second than this are of no use. */
        RATE,
        /** Go on from this running time. */
        SEEK
    }

    private static final Request KEYFRAME = new Request(Kind.KEYFRAME, 0);

    public static Request keyframe() {
        return KEYFRAME;
    }

    public static Request bitrate(long bitsPerSecond) {
        return new Request(Kind.BITRATE, bitsPerSecond);
    }

    public static Request rate(long framesPerSecond) {
        return new Request(Kind.RATE, framesPerSecond);
    }

    public static Request seek(long runningTime) {
        return new Request(Kind.SEEK, runningTime);
    }
}
