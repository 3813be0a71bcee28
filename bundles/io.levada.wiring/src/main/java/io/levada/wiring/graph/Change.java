/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.wiring.definition.PipelineDefinition;
import io.levada.wiring.definition.StageDefinition;
import io.levada.wiring.type.StageCatalog;
import io.levada.wiring.type.StageTypeEntry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is to be done to the nodes of a running graph so that it is as another definition says: as little as possible.
 *
 * @param steps by stage of the fresh definition, producers before consumers
 * @param gone stages that the fresh definition does not have
 */
record Change(Map<String, Step> steps, List<Node> gone) {

    /** What is done to one node. */
    enum Step {
        /** It stays as it is. */
        KEEP,
        /** It stays, but goes by other settings of the platform's. */
        ADJUST,
        /** Its instance takes other parameters, or gives way to another; its consumers notice nothing. */
        EXCHANGE,
        /** Its instance gives way to another, although nothing of the definition changed. */
        REPLACE,
        /** Another node takes its place. */
        RENEW,
        /** It was not there. */
        ADD
    }

    /**
     * @param nodes that run, by name
     * @param again names of those that get another chance, whether the definition of them changed or not
     */
    static Change of(Map<String, Node> nodes, PipelineDefinition fresh, Set<String> again, StageCatalog types) {
        var steps = new LinkedHashMap<String, Step>();
        var renewed = new HashSet<String>();
        for (var stage : fresh.running()) {
            var step = again.contains(stage.name()) ? Step.RENEW : step(nodes.get(stage.name()), stage, renewed, types);
            steps.put(stage.name(), step);
            if (step == Step.RENEW || step == Step.ADD) {
                renewed.add(stage.name());
            }
        }
        var gone = nodes.values().stream()
                .filter(node -> !steps.containsKey(node.name()))
                .toList();
        return new Change(steps, gone);
    }

    /** Instances of some stage types give way to others'. */
    static Change replacing(
            Map<String, Node> nodes, PipelineDefinition definition, Set<StageTypeEntry> types, StageCatalog catalog) {
        var steps = new LinkedHashMap<String, Step>();
        var renewed = new HashSet<String>();
        for (var stage : definition.running()) {
            var node = nodes.get(stage.name());
            boolean replaced = node.implementation() != null && types.contains(node.implementation());
            if (replaced && node.hanging()) {
                renewed.add(stage.name());
                steps.put(stage.name(), Step.RENEW);
            } else {
                steps.put(stage.name(), replaced ? Step.REPLACE : step(node, stage, renewed, catalog));
            }
        }
        return new Change(steps, List.of());
    }

    /** What is done, for the log: {@code added rec, changed motion, removed out}. */
    String words() {
        var words = new ArrayList<String>();
        words(words, "added", Step.ADD);
        words(words, "changed", Step.ADJUST, Step.EXCHANGE);
        words(words, "replaced", Step.REPLACE);
        words(words, "made anew", Step.RENEW);
        if (!gone.isEmpty()) {
            words.add("removed " + gone.stream().map(Node::name).collect(Collectors.joining(" ")));
        }
        return words.isEmpty() ? "nothing to do" : String.join(", ", words);
    }

    private void words(List<String> words, String verb, Step... which) {
        var names = steps.entrySet().stream()
                .filter(step -> List.of(which).contains(step.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(" "));
        if (!names.isEmpty()) {
            words.add(verb + " " + names);
        }
    }

    private static Step step(Node node, StageDefinition fresh, Set<String> renewed, StageCatalog types) {
        if (node == null) {
            return Step.ADD;
        }
        var before = node.definition();
        boolean otherProducers = !before.from().equals(fresh.from())
                || fresh.from().stream().anyMatch(from -> from.pipeline().isEmpty() && renewed.contains(from.stage()));
        boolean otherStage = !before.type().equals(fresh.type())
                || !before.parameters().equals(fresh.parameters())
                || !before.setting("version", "").equals(fresh.setting("version", ""));
        if (!otherProducers && !otherStage) {
            return before.settings().equals(fresh.settings()) ? Step.KEEP : Step.ADJUST;
        }
        boolean lost = node.done() || node.hanging();
        if (lost || before.from().isEmpty() != fresh.from().isEmpty() || !sameShape(before, fresh, types)) {
            return Step.RENEW;
        }
        if (otherProducers && many(fresh, types)) {
            return Step.RENEW; // its inputs are numbered as they turned up
        }
        boolean tells = otherStage || otherProducers && alternatives(fresh, types);
        return tells ? Step.EXCHANGE : Step.ADJUST;
    }

    /** Whether both take as many inputs of as many kinds, so that one can take the links over from the other. */
    private static boolean sameShape(StageDefinition before, StageDefinition fresh, StageCatalog types) {
        if (before.type().equals(fresh.type())) {
            return true;
        }
        var one = types.providers(before);
        var other = types.providers(fresh);
        return !one.isEmpty() && !other.isEmpty() && sameShape(one.get(0), other.get(0));
    }

    private static boolean sameShape(StageTypeEntry one, StageTypeEntry other) {
        return one.kind().equals(other.kind())
                && one.many() == other.many()
                && one.alternatives() == other.alternatives()
                && one.accepts().equals(other.accepts())
                && one.joins().equals(other.joins())
                && one.emits().equals(other.emits());
    }

    /** Whether it goes by the names of its inputs. */
    private static boolean alternatives(StageDefinition stage, StageCatalog types) {
        return types.providers(stage).stream().anyMatch(StageTypeEntry::alternatives);
    }

    private static boolean many(StageDefinition stage, StageCatalog types) {
        return types.providers(stage).stream().anyMatch(StageTypeEntry::many);
    }
}
