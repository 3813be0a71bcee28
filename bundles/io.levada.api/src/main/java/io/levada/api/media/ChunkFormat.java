/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

/**
 * Muxed bytes follow.
 *
 * @param container FFmpeg's name of the container: {@code mp4}, {@code webm}, {@code matroska}, {@code mpegts}
 * @param mime the media type with its codecs, as the web needs it: {@code video/mp4; codecs="avc1.42c01e, mp4a.40.2"}
 * @param timeBase the unit of the chunks' times
 */
public record ChunkFormat(String container, String mime, TimeBase timeBase) implements Format {

    @Override
    public MediaKind kind() {
        return MediaKind.DATA;
    }

    @Override
    public SampleType type() {
        return SampleType.CHUNK;
    }

    @Override
    public String toString() {
        return container + " (" + mime + ")";
    }
}
