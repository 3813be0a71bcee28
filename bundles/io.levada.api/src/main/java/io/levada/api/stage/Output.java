/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.stage;

import io.levada.api.media.Format;
import io.levada.api.media.Gap;
import io.levada.api.media.Sample;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Where a stage puts one track. Used only by the stage, during a call of the platform. Nothing here waits: a stage is not
 * called while the consumers that it may not drop for have no room, and whatever one call emits is kept.
 */
@ProviderType
public interface Output {

    /** What follows looks like this. Required before the first sample; saying the same again does nothing. */
    void format(Format format);

    /**
     * Sends a sample to all consumers of the track. Takes over one reference: the stage may not touch the sample after it,
     * unless it retained it. To pass on a sample that was lent, {@code retain()} it first.
     */
    void emit(Sample sample);

    /** Nothing comes for this stretch. */
    void gap(Gap gap);

    /** What consumers hold from before is worthless; the given epoch follows. */
    void flush(int epoch);

    /** The track ends. The platform does it when a stage is done; a source does it for a track that vanished. */
    void end();

    /** Whether anybody consumes the track at this moment; if not, work for it can be spared. */
    boolean wanted();
}
