/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.definition;

import java.util.ArrayList;
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
    public static final Set<String> SETTINGS = Set.of("enabled", "priority", "restart", "template");

    public boolean enabled() {
        return !settings.getOrDefault("enabled", "true").equals("false");
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

    /** The stages on a cycle, in its order, each followed by one that takes from it; empty if there is none. */
    public List<String> cycle() {
        for (var name : stages.keySet()) {
            var path = new ArrayList<String>();
            if (reaches(name, name, path, new LinkedHashSet<>())) {
                return path;
            }
        }
        return List.of();
    }

    private boolean reaches(String at, String goal, List<String> path, Set<String> seen) {
        path.add(at);
        for (var stage : stages.values()) {
            boolean takes = stage.from().stream()
                    .anyMatch(reference ->
                            reference.pipeline().isEmpty() && reference.stage().equals(at));
            if (!takes) {
                continue;
            }
            if (stage.name().equals(goal) || (seen.add(stage.name()) && reaches(stage.name(), goal, path, seen))) {
                return true;
            }
        }
        path.remove(path.size() - 1);
        return false;
    }
}
