/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.stage.Analyzer;
import io.levada.api.stage.Source;
import io.levada.api.stage.Stage;
import io.levada.api.stage.Transform;
import io.levada.wiring.type.StageCatalog;
import io.levada.wiring.type.StageTypeEntry;
import io.levada.wiring.type.StageTypes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Stage types without bundles: those that a test puts here. The last one put is the best. */
public final class Shelf implements StageCatalog {

    private final List<StageTypeEntry> entries = new CopyOnWriteArrayList<>();
    private final Map<StageTypeEntry, Supplier<? extends Stage>> makers = new ConcurrentHashMap<>();
    private final Map<Stage, StageTypeEntry> taken = new ConcurrentHashMap<>();
    private final List<String> wrong = new CopyOnWriteArrayList<>();

    /** What {@code @StageType} says of a type. */
    public static final class Type {

        private final Map<String, Object> properties = new HashMap<>();

        private Type(String name) {
            properties.put(StageTypes.TYPE, name);
            properties.put("levada.work", "HEAVY");
        }

        public static Type of(String name) {
            return new Type(name);
        }

        public Type accepts(String... ports) {
            return with("levada.accepts", ports);
        }

        public Type emits(String... ports) {
            return with("levada.emits", ports);
        }

        public Type joins(String... ports) {
            return with("levada.joins", ports);
        }

        public Type many() {
            return with("levada.many", true);
        }

        public Type alternatives() {
            return with("levada.alternatives", true);
        }

        public Type bursts() {
            return with("levada.bursts", true);
        }

        public Type role(String role) {
            return with("levada.role", role);
        }

        public Type light() {
            return with("levada.work", "LIGHT");
        }

        public Type extras(String... prefixes) {
            return with("levada.extras", prefixes);
        }

        private Type with(String key, Object value) {
            properties.put(key, value);
            return this;
        }
    }

    public StageTypeEntry put(Type type, Supplier<? extends Stage> maker) {
        var name = (String) type.properties.get(StageTypes.TYPE);
        var entry = new StageTypeEntry(type.properties, "test 1.0.0", kind(maker.get()), "", List.of());
        makers.put(entry, maker);
        entries.add(0, entry);
        assert entry.name().equals(name);
        return entry;
    }

    private static String kind(Stage stage) {
        if (stage instanceof Source) {
            return "source";
        }
        if (stage instanceof Transform) {
            return "transform";
        }
        return stage instanceof Analyzer ? "analyzer" : "sink";
    }

    public void remove(StageTypeEntry entry) {
        entries.remove(entry);
    }

    public void putBack(StageTypeEntry entry) {
        entries.add(0, entry);
    }

    @Override
    public List<StageTypeEntry> providers(String typeOrRole) {
        return entries.stream()
                .filter(entry -> entry.name().equals(typeOrRole) || entry.role().equals(typeOrRole))
                .toList();
    }

    @Override
    public boolean isRole(String name) {
        return entries.stream().anyMatch(entry -> entry.role().equals(name));
    }

    @Override
    public Set<String> names() {
        var names = new TreeSet<String>();
        for (var entry : entries) {
            names.add(entry.name());
            names.add(entry.role());
        }
        names.remove("");
        return names;
    }

    @Override
    public Stage take(StageTypeEntry entry) {
        var stage = makers.get(entry).get();
        taken.put(stage, entry);
        return stage;
    }

    @Override
    public void giveBack(StageTypeEntry entry, Stage stage) {
        if (taken.remove(stage) != entry) {
            wrong.add(entry.name() + " was given back what was not taken from it");
        }
    }

    /** The instances that are out, by type. */
    public List<String> taken() {
        return taken.values().stream().map(StageTypeEntry::name).sorted().toList();
    }

    /** What nobody may ever do. */
    public List<String> wrong() {
        return new ArrayList<>(wrong);
    }
}
