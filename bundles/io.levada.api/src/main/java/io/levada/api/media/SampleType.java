/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

/** The kinds of samples; used by stage types to say what they accept and emit. */
public enum SampleType {
    PACKET,
    FRAME,
    TENSOR,
    EVENT,
    CHUNK;

    /** The lower-case word used in {@code @StageType(accepts = "frame:video")}. */
    public String word() {
        return switch (this) {
            case PACKET -> "packet";
            case FRAME -> "frame";
            case TENSOR -> "tensor";
            case EVENT -> "event";
            case CHUNK -> "chunk";
        };
    }
}
