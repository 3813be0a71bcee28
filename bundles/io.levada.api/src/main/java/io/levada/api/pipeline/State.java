/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.pipeline;

/** The state of a pipeline or of one stage. */
public enum State {
    /** Switched off by {@code enabled = false}. */
    STOPPED,
    /** The definition can't work; the problems say why. */
    INVALID,
    /** For a bundle, a producer or a track that is not there yet. */
    WAITING,
    /** Being set up. */
    STARTING,
    /** At work. */
    RUNNING,
    /** At work, but part of it is waiting, retrying or failed. */
    DEGRADED,
    /** A peer does not answer; tried again with back-off. */
    RETRYING,
    /** Broken, or given up. */
    FAILED,
    /** Everything is done: its sources have ended. */
    ENDED;

    /** Whether all is as its definition wants it: what a supervisor of the node asks. */
    public boolean healthy() {
        return switch (this) {
            case STOPPED, STARTING, RUNNING, ENDED -> true;
            case INVALID, WAITING, DEGRADED, RETRYING, FAILED -> false;
        };
    }
}
