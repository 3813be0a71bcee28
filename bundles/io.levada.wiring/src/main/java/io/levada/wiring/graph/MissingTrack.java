/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.pipeline.State;
import io.levada.wiring.definition.Reference;

/** Why nothing comes to a node that works itself. */
final class MissingTrack {

    private MissingTrack() {}

    /** Why, when a reference has found no track; empty when it has. Any thread. */
    static String of(StageNode node, Subscription subscription, boolean linked) {
        var producer = subscription.producer();
        if (producer instanceof ForeignStage foreign
                && !node.done()
                && !foreign.missing().isEmpty()) {
            return foreign.missing();
        }
        var tracks = producer.trackNames();
        if (linked || !producer.running() || tracks.isEmpty()) {
            return "";
        }
        var between = producer.between(subscription);
        if (between.isPresent()) {
            return between.get().state() == State.WAITING ? waitsFor(between.get()) : "";
        }
        var reference = subscription.reference();
        var has = String.join(", ", tracks);
        return reference
                .track()
                .map(track -> stage(reference) + " has no track " + track + " (it has " + has + ")")
                .orElseGet(() -> "nothing that " + stage(reference) + " puts out (" + has + ") is "
                        + node.ports().acceptance().words(subscription.index()));
    }

    private static String waitsFor(Node between) {
        return "waits for " + between.name() + " (" + between.state() + ": " + between.reason() + ")";
    }

    private static String stage(Reference reference) {
        return reference.pipeline().map(name -> name + "/").orElse("") + reference.stage();
    }
}
