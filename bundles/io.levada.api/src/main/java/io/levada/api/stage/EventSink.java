/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.stage;

import io.levada.api.media.Event;
import org.osgi.annotation.versioning.ProviderType;

/** Where an analyzer puts its events; used during a call of the platform. */
@ProviderType
public interface EventSink {

    /** Emits an event; its subject is the stage's name unless it has one. */
    void emit(Event.Builder event);
}
