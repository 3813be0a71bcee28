/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

/** The kind of content on a track. Track names are made of it: {@code video}, {@code audio}, {@code video2}. */
public enum MediaKind {
    VIDEO,
    AUDIO,
    SUBTITLE,
    DATA;

    /** The lower-case word used in {@code from = cam:audio} and as the stem of track names. */
    public String word() {
        return switch (this) {
            case VIDEO -> "video";
            case AUDIO -> "audio";
            case SUBTITLE -> "subtitle";
            case DATA -> "data";
        };
    }
}
