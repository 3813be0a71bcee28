/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.stage.Request;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** A stage of another pipeline, by its name: it may not be there yet, and may vanish and come back. Any thread. */
record ForeignStage(SharedStages shared, String pipeline, String stage) implements Producer {

    /** As users write it. */
    String id() {
        return pipeline + "/" + stage;
    }

    private Optional<Node> node() {
        return shared.node(id());
    }

    @Override
    public void subscribe(Subscription subscription) {
        shared.subscribe(id(), subscription);
    }

    @Override
    public void unsubscribe(Subscription subscription) {
        shared.unsubscribe(id(), subscription);
    }

    @Override
    public void announceTo(Subscription subscription) {
        node().ifPresent(node -> node.announceTo(subscription));
    }

    @Override
    public Collection<OutputTrack> tracks() {
        return node().map(Node::tracks).orElse(List.of());
    }

    @Override
    public Optional<StageNode> between(Subscription subscription) {
        return node().flatMap(node -> node.between(subscription));
    }

    @Override
    public List<String> trackNames() {
        return node().map(Node::trackNames).orElse(List.of());
    }

    @Override
    public void wakeProducer() {
        node().ifPresent(Node::wakeProducer);
    }

    /** Never: it may come back. */
    @Override
    public boolean done() {
        return false;
    }

    @Override
    public boolean live() {
        return node().map(Node::live).orElse(true);
    }

    @Override
    public boolean running() {
        return node().map(Node::running).orElse(false);
    }

    @Override
    public boolean asleep() {
        return node().map(Node::asleep).orElse(false);
    }

    @Override
    public void request(Request request) {
        node().ifPresent(node -> node.request(request));
    }

    /** Why nothing can be expected of it now; empty when something can, or soon will be. */
    String missing() {
        return shared.missing(pipeline, stage);
    }
}
