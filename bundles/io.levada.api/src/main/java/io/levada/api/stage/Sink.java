/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.stage;

import io.levada.api.media.Format;
import io.levada.api.media.Gap;
import io.levada.api.media.Sample;

/**
 * A stage that takes samples out of the graph: a file, a server, a log. Several tracks arrive interleaved by decoding time;
 * the first sample comes when every track has a format, or after {@code start-timeout}.
 *
 * @param <I> what it takes
 */
public interface Sink<I extends Sample> extends Stage {

    /** What follows on the input looks like this; again when it changes, after a {@link #drain} if it is the only input. */
    void format(Input input, Format format) throws Exception;

    /** The sample is lent for the call: retain what is kept. */
    void process(Input input, I sample) throws Exception;

    /** Nothing comes for a stretch. */
    default void gap(Input input, Gap gap) throws Exception {}

    /** Forget what is held, an epoch begins anew. */
    default void flush() throws Exception {}

    /** Bring out all that is held. At the end of all inputs {@code close} follows. */
    default void drain() throws Exception {}

    /** Answers {@link StageContext#wake}. */
    default void wake() throws Exception {}
}
