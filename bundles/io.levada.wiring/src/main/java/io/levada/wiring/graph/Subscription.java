/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.wiring.definition.Reference;
import io.levada.wiring.type.Port;

/**
 * One entry of a stage's {@code from}: whose tracks the consumer wants. Links are made when the tracks turn up.
 *
 * @param consumer who takes
 * @param reference what it says
 * @param index its place in {@code from}
 */
record Subscription(StageNode consumer, Reference reference, int index) {

    /** Whether it is known which tracks the consumer takes; any thread. */
    boolean decided() {
        return consumer.ports().decided();
    }

    /** The producer has a new track; called on its thread. */
    void offer(OutputTrack track) {
        var port = Port.of(track.format());
        boolean fits = consumer.ports().accepts(index, port);
        boolean named = reference.track().isPresent();
        if (named && !reference.track().get().equals(track.name())) {
            return;
        }
        if (fits) {
            consumer.ports().connect(consumer, this, track);
        } else if (named) {
            consumer.misfit(reference + " carries " + port + ", "
                    + consumer.definition().type() + " takes "
                    + consumer.ports().accepted(index));
        }
    }
}
