/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.server;

/** What a reader is about. */
public enum ReaderState {
    /** Set up, and does not play, not yet or for the moment. */
    PAUSED,
    /** Has asked to play; the stream has nothing that it could begin with yet. */
    WAITING,
    /** Gets the stream. */
    PLAYING,
    /** Was too slow, and gets nothing until the next keyframe. */
    SKIPPING
}
