/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

/**
 * Events follow.
 *
 * @param timeBase the unit of their times, that of the samples they are about
 */
public record EventFormat(TimeBase timeBase) implements Format {

    @Override
    public MediaKind kind() {
        return MediaKind.DATA;
    }

    @Override
    public SampleType type() {
        return SampleType.EVENT;
    }

    @Override
    public String toString() {
        return "events";
    }
}
