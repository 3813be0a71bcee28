/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.wiring.definition.Reference;
import io.levada.wiring.type.Port;

/**
 * What a consumer wants of a producer: one entry of its {@code from}.
 *
 * @param index of the entry
 */
record Subscription(StageNode consumer, Node producer, Reference reference, int index) {

    /** Whether it is known which tracks the consumer takes; any thread. */
    boolean decided() {
        return consumer.ports().decided();
    }

    /** The producer has a new track; called on any thread that holds the lock of the topology. */
    void offer(OutputTrack track) {
        var port = Port.of(track.format());
        boolean fits = consumer.ports().accepts(index, port);
        boolean named = reference.track().isPresent();
        if (named && !reference.track().get().equals(track.name())) {
            return;
        }
        if (fits) {
            consumer.ports().connect(this, track);
        } else if (named) {
            consumer.misfit(reference + " carries " + port + ", "
                    + consumer.definition().type() + " takes "
                    + consumer.ports().accepted(index));
        }
    }
}
