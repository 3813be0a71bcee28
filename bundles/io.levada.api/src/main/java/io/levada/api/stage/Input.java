/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.stage;

import io.levada.api.media.Format;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** One track that comes into a stage. */
@ProviderType
public interface Input {

    /** Its place among the stage's inputs, from 0; joined inputs come after the others. */
    int index();

    /**
     * Which entry of {@code from} it belongs to, from 0. Where {@link #index} is the order in which tracks turned up, this is
     * the user's; a stage whose order of tracks can be seen goes by it.
     */
    default int reference() {
        return index();
    }

    /** Where it comes from, {@code stage:track}. */
    String name();

    /** The format that precedes the sample at hand; empty before the first. */
    Optional<Format> format();

    /** Whether its content comes at its own pace (see {@link Source#live}). */
    boolean live();

    /** Asks upstream for something. May be called from any thread. */
    void request(Request request);
}
