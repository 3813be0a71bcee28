/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.pipeline.State;
import io.levada.api.stage.NearMiss;
import io.levada.wiring.definition.Crossings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where pipelines find each other's stages. Who takes from a stage of another pipeline subscribes here and is linked as soon
 * as the stage runs, again and again. No pipeline waits for another's changes: linking and unlinking is done under the lock
 * of the topology, as within a pipeline. Thread-safe.
 */
public final class SharedStages {

    private final Object topology;
    /** The stages that run, by pipeline. */
    private final Map<String, Map<String, Node>> graphs = new ConcurrentHashMap<>();
    /** The same by {@code pipeline/stage}. */
    private final Map<String, Node> nodes = new ConcurrentHashMap<>();
    /** Who takes from a stage, by {@code pipeline/stage}; under the lock of the topology. */
    private final Map<String, List<Subscription>> subscriptions = new HashMap<>();
    /** Where the content of pipelines ended that others still take from. */
    private final Map<String, Long> ends = new ConcurrentHashMap<>();

    private final Crossings crossings = new Crossings();

    SharedStages(Object topology) {
        this.topology = topology;
    }

    /** What the definitions say of it. */
    public Crossings crossings() {
        return crossings;
    }

    Optional<Node> node(String id) {
        return Optional.ofNullable(nodes.get(id));
    }

    void subscribe(String id, Subscription subscription) {
        synchronized (topology) {
            subscriptions.computeIfAbsent(id, unused -> new ArrayList<>()).add(subscription);
            node(id).ifPresent(node -> node.subscribe(subscription));
        }
    }

    void unsubscribe(String id, Subscription subscription) {
        synchronized (topology) {
            subscriptions.computeIfPresent(id, (unused, all) -> {
                all.remove(subscription);
                return all.isEmpty() ? null : all;
            });
            node(id).ifPresent(node -> node.unsubscribe(subscription));
        }
    }

    /**
     * These are the stages of a pipeline from now on. Who took from others of these names gets what they still put out, then
     * what takes their place.
     */
    void run(String pipeline, Collection<Node> running) {
        synchronized (topology) {
            var before = graphs.getOrDefault(pipeline, Map.of());
            var now = new HashMap<String, Node>();
            running.forEach(node -> now.put(node.name(), node));
            graphs.put(pipeline, now);
            before.forEach((name, node) -> {
                if (now.get(name) != node) {
                    withdraw(node);
                }
            });
            now.forEach((name, node) -> {
                if (before.get(name) != node) {
                    provide(node);
                }
            });
        }
    }

    /** The pipeline is about to stop. */
    void stopping(String pipeline) {
        synchronized (topology) {
            graphs.getOrDefault(pipeline, Map.of()).values().forEach(this::withdraw);
            graphs.remove(pipeline);
        }
    }

    private void withdraw(Node node) {
        nodes.remove(node.id());
        for (var subscription : subscriptions.getOrDefault(node.id(), List.of())) {
            subscription.consumer().ports().supersede(subscription);
            node.unsubscribe(subscription);
            subscription.consumer().told();
        }
    }

    private void provide(Node node) {
        nodes.put(node.id(), node);
        for (var subscription : subscriptions.getOrDefault(node.id(), List.of())) {
            node.subscribe(subscription);
            subscription.consumer().told();
        }
    }

    /** Remembers where the content of a pipeline ended, for those who wait for it to come back. */
    void ended(String pipeline, long runningEnd) {
        synchronized (topology) {
            ends.keySet().removeIf(name -> !wanted(name));
            if (wanted(pipeline)) {
                ends.merge(pipeline, runningEnd, Math::max);
            }
        }
    }

    private boolean wanted(String pipeline) {
        return subscriptions.keySet().stream().anyMatch(id -> id.startsWith(pipeline + "/"));
    }

    /** Where the content of a pipeline's sources begins, so that who took from it before sees no time go back. */
    long begin(String pipeline) {
        return ends.getOrDefault(pipeline, 0L);
    }

    /** Why nothing can be expected of a stage; empty when something can, or soon will be. */
    String missing(String pipeline, String stage) {
        var graph = graphs.get(pipeline);
        var waits = "waits for " + pipeline + "/" + stage + " (";
        if (graph == null) {
            var pipelines = crossings.pipelines();
            return pipelines.contains(pipeline)
                    ? waits + "pipeline " + pipeline + " does not run)"
                    : waits + "there is no pipeline " + pipeline + NearMiss.hint(pipeline, pipelines) + ")";
        }
        var node = graph.get(stage);
        if (node == null) {
            return waits + pipeline + " has no stage " + stage + NearMiss.hint(stage, graph.keySet()) + ")";
        }
        var state = node.state();
        boolean trouble =
                state == State.WAITING || state == State.RETRYING || state == State.FAILED || state == State.INVALID;
        return trouble ? waits + state + ": " + node.reason() + ")" : "";
    }
}
