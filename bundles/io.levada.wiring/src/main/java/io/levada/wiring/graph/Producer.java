/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What a consumer takes from: a node of its own graph, or a stage of another pipeline that comes and goes. Any thread. */
interface Producer extends Upstream {

    /** Somebody takes from it: who does is offered the tracks that there are and those that come. */
    void subscribe(Subscription subscription);

    /** Nobody takes from it by that subscription any more; links that it led to are not touched. */
    void unsubscribe(Subscription subscription);

    /** Offers all tracks it has to one who has changed its mind. */
    void announceTo(Subscription subscription);

    /** The tracks it puts out. */
    Collection<OutputTrack> tracks();

    /** The transfer stage that brings the consumer what it takes in other memory, if there is one. */
    Optional<StageNode> between(Subscription subscription);

    /** Names of the tracks that its consumers have heard of, for messages. */
    List<String> trackNames();

    /** A consumer has room again. */
    void wakeProducer();

    /** Whether it has concluded for good. */
    boolean done();
}
