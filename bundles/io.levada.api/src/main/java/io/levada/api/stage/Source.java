/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.stage;

/**
 * A stage that brings samples into the node. The platform calls {@link #produce} again and again on a thread of its own,
 * and between the calls sees to back-pressure, stop and restart.
 *
 * <p>A source maps everything (loops, reconnects, seeks) onto one running time that never goes back, and paces itself by
 * {@link Clock#sleepUntil} where its content is not live by itself.
 */
public interface Source extends Stage {

    /**
     * Brings the next sample or few. The first call connects and announces tracks and formats.
     *
     * <p>It may wait for the peer, but must return soon after {@link StageContext#stopping} turned true.
     *
     * @return false when there is nothing more; the platform then ends the tracks
     * @throws StageException of kind {@link StageException.Kind#RETRY} when the peer may come back: the platform closes
     *     this instance and opens another after a back-off
     */
    boolean produce(Outputs outputs) throws Exception;

    /**
     * Whether samples come at their own pace. Links behind a live source drop when a consumer is slow; links behind one
     * that is not (a file read as fast as it goes) make it wait. Asked after {@code open}.
     */
    default boolean live() {
        return true;
    }

    /** Makes a {@code produce} that waits return soon. The only method called from another thread while one runs. */
    default void interrupt() {}
}
