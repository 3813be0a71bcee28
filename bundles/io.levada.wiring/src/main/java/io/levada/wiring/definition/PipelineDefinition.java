/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.definition;

import io.levada.api.stage.Quantity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A pipeline as its file says it.
 *
 * @param name of the pipeline
 * @param settings its own keys, those without a dot
 * @param stages by name, producers before consumers as far as there is no cycle
 */
public record PipelineDefinition(String name, Map<String, String> settings, Map<String, StageDefinition> stages) {

    /** The pipeline's own keys. */
    public static final Set<String> SETTINGS = Set.of("enabled", "memory", "priority", "restart", "template");

    /** Bytes that the samples of a pipeline may hold when it does not say. */
    public static final long USUAL_MEMORY = 512_000_000;

    public static final long LEAST_MEMORY = 1_000_000;

    public boolean enabled() {
        return !settings.getOrDefault("enabled", "true").equals("false");
    }

    /** Bytes that its samples may hold. */
    public long memory() {
        var memory = settings.get("memory");
        return memory == null ? USUAL_MEMORY : Quantity.bytes(memory);
    }

    /**
     * The stages that are switched on, each with what the pipeline says for all: producers before consumers. What takes from a
     * stage that is off is off as well.
     */
    public List<StageDefinition> running() {
        var running = new LinkedHashMap<String, StageDefinition>();
        for (var stage : stages.values()) {
            if (stage.enabled()
                    && stage.from().stream()
                            .allMatch(from -> from.pipeline().isPresent() || running.containsKey(from.stage()))) {
                running.put(stage.name(), stage.over(settings, Set.of("restart", "priority")));
            }
        }
        return List.copyOf(running.values());
    }

    /** Orders the stages so that producers come first; stages of equal rank by name. */
    static Map<String, StageDefinition> ordered(Map<String, StageDefinition> stages) {
        var ordered = new LinkedHashMap<String, StageDefinition>();
        var visiting = new LinkedHashSet<String>();
        stages.keySet().stream().sorted().forEach(name -> visit(name, stages, ordered, visiting));
        return ordered;
    }

    private static void visit(
            String name,
            Map<String, StageDefinition> stages,
            Map<String, StageDefinition> ordered,
            Set<String> visiting) {
        var stage = stages.get(name);
        if (stage == null || ordered.containsKey(name) || !visiting.add(name)) {
            return;
        }
        for (var reference : stage.from()) {
            if (reference.pipeline().isEmpty()) {
                visit(reference.stage(), stages, ordered, visiting);
            }
        }
        visiting.remove(name);
        ordered.put(name, stage);
    }

    /** The stages on a cycle, each followed by one that takes from it, the first by name first; empty if there is none. */
    public List<String> cycle() {
        var clean = new HashSet<String>();
        for (var name : stages.keySet()) {
            var cycle = upstream(name, new ArrayList<>(), clean);
            if (!cycle.isEmpty()) {
                Collections.reverse(cycle);
                Collections.rotate(cycle, -cycle.indexOf(Collections.min(cycle)));
                return cycle;
            }
        }
        return List.of();
    }

    /**
     * Follows the inputs of a stage.
     *
     * @param path that led to it
     * @param clean stages known to have no cycle upstream
     * @return the part of the path that leads back to itself
     */
    private List<String> upstream(String name, List<String> path, Set<String> clean) {
        int before = path.indexOf(name);
        if (before >= 0) {
            return new ArrayList<>(path.subList(before, path.size()));
        }
        var stage = stages.get(name);
        if (stage == null || clean.contains(name)) {
            return List.of();
        }
        path.add(name);
        for (var reference : stage.from()) {
            var cycle = reference.pipeline().isPresent() ? List.<String>of() : upstream(reference.stage(), path, clean);
            if (!cycle.isEmpty()) {
                return cycle;
            }
        }
        path.remove(path.size() - 1);
        clean.add(name);
        return List.of();
    }
}
