/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.definition;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * One stage of a definition.
 *
 * @param name of the stage
 * @param type of the stage, or a role; empty if it is missing
 * @param from where its inputs come from, in order
 * @param settings the platform's parameters ({@link #SETTINGS}), as text
 * @param parameters the stage's own, as text
 */
public record StageDefinition(
        String name, String type, List<Reference> from, Map<String, String> settings, Map<String, String> parameters) {

    /** What every stage has, whatever its type. */
    public static final Set<String> SETTINGS = Set.of(
            "type",
            "from",
            "enabled",
            "priority",
            "activation",
            "linger",
            "prefer",
            "wait",
            "start-timeout",
            "version",
            "restart");

    public String setting(String name, String otherwise) {
        return settings.getOrDefault(name, otherwise);
    }

    /** The same, with settings it does not have itself taken from elsewhere. */
    StageDefinition over(Map<String, String> others, Set<String> which) {
        var more = new TreeMap<String, String>(others);
        more.keySet().retainAll(which);
        more.putAll(settings);
        return new StageDefinition(name, type, from, more, parameters);
    }

    public boolean enabled() {
        return !setting("enabled", "true").equals("false");
    }
}
