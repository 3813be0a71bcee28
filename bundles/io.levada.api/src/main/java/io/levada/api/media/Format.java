/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

/**
 * What the samples that follow on a link look like. A format is sticky: it precedes the first sample, is sent again when
 * it changes, and is replayed to a consumer that joins later.
 *
 * <p>Formats are immutable values, equal when all they say is equal.
 */
public sealed interface Format extends Marker
        permits PacketFormat, VideoFormat, AudioFormat, TensorFormat, EventFormat, ChunkFormat {

    /** What kind of content the track carries. */
    MediaKind kind();

    /** What kind of samples follow. */
    SampleType type();

    /** The unit of {@link Sample#pts()} and {@link Sample#duration()} on this track. */
    TimeBase timeBase();
}
