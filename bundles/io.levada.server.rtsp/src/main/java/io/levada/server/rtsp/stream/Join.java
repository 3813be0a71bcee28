/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

/** What a new reader gets first. */
public enum Join {
    /** All since the last keyframe, if that is sooner than the next one. */
    GOP,
    /** The next keyframe. */
    LIVE
}
