/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.stage;

/**
 * What all kinds of stages share. Implement one of {@link Source}, {@link Transform}, {@link Analyzer} or {@link Sink}.
 *
 * <p><b>Threads.</b> Whatever the platform calls on one instance it calls one at a time, with memory visibility between
 * calls, though not always on the same thread. A stage needs no locks unless it starts threads of its own.
 *
 * <p><b>Life.</b> {@code open}, then any of the others, then {@code close}; {@code close} is called exactly once after
 * {@code open} was called, also when that failed. An instance is used for one life.
 *
 * <p><b>Errors.</b> A {@link StageException} says what the user can do. Any other exception is reported as a fault of the
 * stage. Either way only this stage and what hangs on it stops, and it is restarted with back-off where that can help.
 */
public interface Stage {

    /**
     * Reads the parameters and takes local resources. Nothing that waits for a peer belongs here (a source connects in
     * its first {@code produce}).
     *
     * @throws StageException with {@link StageException.Kind#INVALID} for parameters that can't work
     */
    void open(StageContext context) throws Exception;

    /**
     * Takes changed parameters while running; {@link StageContext#config} has the new ones.
     *
     * @return false when it must be replaced by a new instance instead (then nothing may have changed)
     */
    default boolean reconfigure(StageContext context) throws Exception {
        return false;
    }

    /**
     * A consumer asks for something: a keyframe, another bit rate.
     *
     * @return true when this stage does it; false passes it on upstream
     */
    default boolean request(Request request) throws Exception {
        return false;
    }

    /** Gives everything back: what is still held of samples, native memory, threads, files. Must not wait for a peer. */
    void close() throws Exception;
}
