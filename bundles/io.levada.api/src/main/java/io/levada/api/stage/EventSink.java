/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.stage;

import io.levada.api.media.Event;
import io.levada.api.media.Stamp;
import org.osgi.annotation.versioning.ProviderType;

/** Where an analyzer puts its events; used during a call of the platform. */
@ProviderType
public interface EventSink {

    /** Emits an event; its subject is the stage's name unless it has one. */
    void emit(Event.Builder event);

    /**
     * All there is to say about content up to this moment has been emitted. Only for analyzers that answer {@link
     * Analyzer#later}, which say it of each sample, in the order in which they came.
     */
    default void answered(Stamp moment) {}
}
