/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.Format;
import io.levada.wiring.definition.Reference;
import io.levada.wiring.definition.StageDefinition;
import io.levada.wiring.schedule.Ticker;
import io.levada.wiring.type.Port;
import io.levada.wiring.type.Transfers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The stages behind a node that nobody wrote down: they bring what a track carries to the memory in which consumers take it.
 * There is one for all consumers of a track, also for those of other pipelines; it comes with the first that needs it, sleeps
 * when they sleep and goes with the last. Changed under the lock of the topology.
 */
final class TransferStages implements Ticker.Ticked {

    private final Node node;
    /** By track. */
    private final Map<OutputTrack, StageNode> working = new HashMap<>();
    /** Those of them that wait, unopened, for a role to be filled that may need them. */
    private final Set<StageNode> reserved = new HashSet<>();
    /** Those, and such as bring to its end what they hold; replaced as a whole. */
    private volatile List<StageNode> all = List.of();

    TransferStages(Node node) {
        this.node = node;
    }

    /** The nodes, each with those behind it, also such as only bring something to its end; any thread. */
    static List<Node> with(Collection<? extends Node> nodes) {
        return with(nodes, TransferStages::all);
    }

    /** The nodes, each with those behind it that others can still take from; any thread. */
    static List<Node> withWorking(Collection<? extends Node> nodes) {
        return with(nodes, transfers -> transfers.all.stream()
                .filter(stage -> !stage.leaving())
                .toList());
    }

    private static List<Node> with(Collection<? extends Node> nodes, Function<TransferStages, List<StageNode>> which) {
        var all = new ArrayList<Node>();
        for (var node : nodes) {
            all.add(node);
            all.addAll(with(which.apply(node.transfers()), which));
        }
        return all;
    }

    /** Any thread. */
    List<StageNode> all() {
        return all;
    }

    /** A consumer takes what the track carries, but elsewhere: it gets it as soon as it is brought there. */
    void offer(OutputTrack track, Subscription subscription) {
        stage(track, subscription).filter(reserved::remove).ifPresent(StageNode::start);
    }

    /**
     * Who fills the consumer's role may take what the track carries elsewhere: until that is known, what comes waits for being
     * brought there.
     */
    void reserve(OutputTrack track, Subscription subscription) {
        stage(track, subscription);
    }

    private Optional<StageNode> stage(OutputTrack track, Subscription subscription) {
        if (node.done() || !subscription.consumer().ports().seeks(subscription, track)) {
            return Optional.empty();
        }
        var stage = working.get(track);
        if (stage == null) {
            stage = insert(track);
        }
        if (stage.subscribers().contains(subscription)) {
            stage.announceTo(subscription);
        } else {
            stage.subscribe(subscription);
        }
        return Optional.of(stage);
    }

    private StageNode insert(OutputTrack track) {
        var definition = definition(track);
        var stage = new StageNode(
                node.engine(), node.pipeline(), definition, Map.of(node.name(), node), node::told, track.name());
        if (all.isEmpty()) {
            node.engine().ticker().add(this);
        }
        working.put(track, stage);
        reserved.add(stage);
        var more = new ArrayList<>(all);
        more.add(stage);
        all = List.copyOf(more);
        stage.ports().attach();
        node.told();
        return stage;
    }

    private StageDefinition definition(OutputTrack track) {
        var role = Transfers.role(Port.of(track.format()));
        var reference = new Reference(Optional.empty(), node.name(), Optional.of(track.name()), Map.of());
        var settings = new HashMap<>(Map.of("from", reference.toString(), "activation", "on-demand", "linger", "1 s"));
        for (var setting : List.of("priority", "restart")) {
            Optional.ofNullable(node.definition().settings().get(setting))
                    .ifPresent(value -> settings.put(setting, value));
        }
        var name = node.name() + "+" + role;
        boolean taken = working.values().stream().anyMatch(other -> other.name().equals(name));
        return new StageDefinition(
                taken ? name + "-" + track.name() : name, role, List.of(reference), settings, Map.of());
    }

    /** The consumer has the track itself, or does without: it needs no transfer stage for it. Under the lock of the topology. */
    void spare(OutputTrack track, Subscription subscription) {
        var stage = working.get(track);
        if (stage == null || !stage.subscribers().contains(subscription)) {
            return;
        }
        stage.unsubscribe(subscription);
        if (reserved.contains(stage) && idle(stage)) {
            cut(stage); // at once, as it holds up the producer
        }
    }

    /** The consumer takes nothing over them any more; links that they led to are not touched. */
    void leave(Subscription subscription) {
        all.forEach(stage -> stage.unsubscribe(subscription));
    }

    /** The stage that is between the node and the consumer; any thread. */
    Optional<StageNode> between(Subscription subscription) {
        return all.stream()
                .filter(stage -> stage.subscribers().contains(subscription))
                .findFirst();
    }

    /**
     * What a track carries comes in other memory from now on: each consumer changes over between two samples, after what a
     * transfer stage still holds for it. On the producer's thread.
     */
    void move(OutputTrack track, Format format) {
        synchronized (node.engine().topology()) {
            synchronized (track) {
                var port = Port.of(format);
                var between = Optional.ofNullable(working.get(track));
                var brought = between.map(TransferStages::brought).orElse(Set.of());
                for (var subscription : node.subscribers()) {
                    if (!subscription.consumer().transfer()) {
                        subscription.consumer().ports().part(subscription, track, brought, port);
                    }
                }
                between.ifPresent(this::cut);
                track.put(format);
                node.subscribers().forEach(subscription -> subscription.offer(track));
            }
        }
    }

    /** What comes of a transfer stage, also over one more. */
    private static Set<OutputTrack> brought(StageNode stage) {
        var tracks = new HashSet<>(stage.tracks());
        stage.transfers().all().forEach(further -> tracks.addAll(brought(further)));
        return tracks;
    }

    /** It brings out what it holds, then it is gone. */
    private void cut(StageNode stage) {
        working.values().remove(stage);
        reserved.remove(stage);
        stage.leave();
        stage.subscribers().forEach(stage::unsubscribe);
        stage.ports().detach(producer -> true);
        if (stage.hanging()) {
            Ending.abandon(stage);
        }
        stage.finish().thenRun(() -> gone(stage));
    }

    private void gone(StageNode stage) {
        synchronized (node.engine().topology()) {
            all = all.stream().filter(other -> other != stage).toList();
            if (all.isEmpty()) {
                node.engine().ticker().remove(this);
            }
        }
        stage.dispose();
        node.told();
    }

    /** Takes away those that nobody takes from. */
    @Override
    public boolean tick(long now) {
        for (var stage : all) {
            if (idle(stage)) {
                synchronized (node.engine().topology()) {
                    if (working.containsValue(stage) && idle(stage)) {
                        cut(stage);
                    }
                }
            }
        }
        return false;
    }

    private static boolean idle(StageNode stage) {
        return stage.subscribers().isEmpty() && stage.tracks().stream().allMatch(track -> track.links().length == 0);
    }
}
