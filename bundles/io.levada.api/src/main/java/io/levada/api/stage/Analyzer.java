/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.stage;

import io.levada.api.media.Format;
import io.levada.api.media.Sample;
import io.levada.api.media.Stamp;

/**
 * A side branch that looks at samples and emits only events. What it costs never holds up the stream it looks at: when it is
 * slow, it misses frames of a live stream.
 *
 * @param <I> what it looks at
 */
public interface Analyzer<I extends Sample> extends Stage {

    /** What follows looks like this. */
    default void format(Format format) throws Exception {}

    /** The sample is lent for the call: retain what is kept. Emitting nothing is fine. */
    void analyze(I sample, EventSink events) throws Exception;

    /**
     * All has come about content up to this moment: time goes on although there was nothing to tell. Called when what it looks
     * at comes from an analyzer, which is silent while it finds nothing, and all of it was analyzed; not for every picture.
     *
     * @param moment of a picture that was looked at
     */
    default void advance(Stamp moment, EventSink events) throws Exception {}

    /** The stream ends, changes its format or goes to another instance: emit what is held back. More may follow. */
    default void drain(EventSink events) throws Exception {}

    /** The stream begins anew: forget what came before. */
    default void flush() throws Exception {}

    // For an analyzer that answers later, because a device or another thread does the work; others leave these alone.

    /**
     * Whether it answers later than {@link #analyze} returns. Then it says itself how far it got, by {@link
     * EventSink#answered}, so that a join waits for what is still to come; for others the platform does. Always the same.
     */
    default boolean later() {
        return false;
    }

    /** Answers {@link StageContext#wake}: emit what has been found out since about samples that came before, in their order. */
    default void wake(EventSink events) throws Exception {}

    /**
     * Whether it takes another sample now. What comes meanwhile waits on the link, or is dropped as the link's policy says.
     * Who says no calls {@link StageContext#wake} when it would say yes.
     */
    default boolean ready() {
        return true;
    }
}
