/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.definition;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which pipelines there are and which stages of them take from others'. A definition that would close a cycle is kept out,
 * until one of the others changes. Thread-safe.
 */
public final class Crossings {

    private final Set<String> pipelines = new HashSet<>();
    private final Map<String, PipelineDefinition> running = new HashMap<>();
    /** What to do for those who were kept out when it may have become possible. */
    private final Map<String, Runnable> keptOut = new LinkedHashMap<>();

    /** There is a pipeline of that name, whether it runs or not. */
    public synchronized void declare(String pipeline) {
        pipelines.add(pipeline);
    }

    /** There is no such pipeline any more. */
    public void forget(String pipeline) {
        synchronized (this) {
            pipelines.remove(pipeline);
            keptOut.remove(pipeline);
        }
        leave(pipeline);
    }

    public synchronized Set<String> pipelines() {
        return Set.copyOf(pipelines);
    }

    /**
     * A definition is about to run in place of the one of that name before.
     *
     * @param again is run when it may enter after all; on any thread
     * @return why it must not
     */
    public Optional<Finding> enter(PipelineDefinition fresh, Runnable again) {
        synchronized (this) {
            var cycle = cycle(fresh);
            if (cycle.isPresent()) {
                keptOut.put(fresh.name(), again);
                return cycle;
            }
            keptOut.remove(fresh.name());
            if (fresh.equals(running.put(fresh.name(), fresh))) {
                return Optional.empty();
            }
        }
        admit();
        return Optional.empty();
    }

    /** The pipeline does not run any more. */
    public void leave(String pipeline) {
        synchronized (this) {
            if (running.remove(pipeline) == null) {
                return;
            }
        }
        admit();
    }

    private void admit() {
        List<Runnable> all;
        synchronized (this) {
            all = List.copyOf(keptOut.values());
            keptOut.clear();
        }
        all.forEach(Runnable::run);
    }

    /** The cycle that a definition would close with those that run. */
    public synchronized Optional<Finding> cycle(PipelineDefinition fresh) {
        var edges = new Edges(fresh);
        for (var stage : fresh.running()) {
            var path = edges.backTo(fresh.name() + "/" + stage.name());
            if (!path.isEmpty()) {
                return Optional.of(Finding.invalid(
                        stage.name() + ".from",
                        "is a cycle across pipelines: " + String.join(" -> ", path)
                                + "; a stage can't take what comes of its own output"));
            }
        }
        return Optional.empty();
    }

    /** From a stage to those that it takes from, each as {@code pipeline/stage}. */
    private final class Edges {

        private final Map<String, List<String>> producers = new HashMap<>();

        Edges(PipelineDefinition fresh) {
            add(fresh);
            running.values().stream()
                    .filter(other -> !other.name().equals(fresh.name()))
                    .forEach(this::add);
        }

        private void add(PipelineDefinition definition) {
            for (var stage : definition.running()) {
                producers.put(
                        definition.name() + "/" + stage.name(),
                        stage.from().stream()
                                .map(from -> from.pipeline().orElse(definition.name()) + "/" + from.stage())
                                .toList());
            }
        }

        /** The way along the stream from a stage to itself; empty if there is none. */
        List<String> backTo(String stage) {
            var path = new ArrayList<String>();
            if (!upstream(stage, stage, path, new HashSet<>())) {
                return List.of();
            }
            Collections.reverse(path);
            path.add(0, stage);
            return path;
        }

        private boolean upstream(String stage, String wanted, List<String> path, Set<String> seen) {
            if (!seen.add(stage)) {
                return false;
            }
            path.add(stage);
            for (var producer : producers.getOrDefault(stage, List.of())) {
                if (producer.equals(wanted) || upstream(producer, wanted, path, seen)) {
                    return true;
                }
            }
            path.remove(path.size() - 1);
            return false;
        }
    }
}
