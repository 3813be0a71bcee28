/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.stage;

import io.levada.api.media.Flush;
import io.levada.api.media.Format;
import io.levada.api.media.Gap;
import io.levada.api.media.Sample;

/**
 * A stage with inputs and one output track: decoder, filter, encoder, stream muxer.
 *
 * @param <I> what it takes
 */
public interface Transform<I extends Sample> extends Stage {

    /**
     * What follows on the input looks like this. Announce the output's format here or with the first result. Before the
     * format of an only input changes in mid-stream the platform calls {@link #drain}; a stage with several inputs sees to
     * what it holds of the changed one.
     *
     * @throws StageException when the stage can't take it; a role then tries its next candidate
     */
    void format(Input input, Format format, Output out) throws Exception;

    /** The sample is lent for the call: retain what is kept. */
    void process(Input input, I sample, Output out) throws Exception;

    /** Nothing comes for a stretch; passed on unless the stage knows better. */
    default void gap(Input input, Gap gap, Output out) throws Exception {
        out.gap(gap);
    }

    /** Forget what is held, an epoch begins anew. */
    default void flush() throws Exception {}

    /**
     * What came before on one of the inputs is worthless. A stage whose output does not carry all of its inputs passes on
     * what concerns it; others need {@link #flush()} only.
     */
    default void flush(Input input, Flush flush, Output out) throws Exception {
        flush();
        out.flush(flush.epoch());
    }

    /** Emit all that is held: the end of all inputs, a change of format, or replacement. More may follow. */
    default void drain(Output out) throws Exception {}

    /** Answers {@link StageContext#wake}. */
    default void wake(Output out) throws Exception {}
}
