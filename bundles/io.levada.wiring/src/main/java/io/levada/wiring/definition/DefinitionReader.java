/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.definition;

import io.levada.api.stage.NearMiss;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads keys and values into a {@link PipelineDefinition}; what can't be read becomes findings, the rest is still read. */
public final class DefinitionReader {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");
    private static final Set<String> RESERVED = Set.of("felix", "service", "levada", "component");
    private static final int MOST_KEYS = 10_000;
    private static final int MOST_STAGES = 500;
    private static final int LONGEST_VALUE = 16_384;

    /** What some editors put before the first line. */
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private static final Pattern SECRET_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*");

    /** Config Admin leaves the placeholder where it is when there is no such secret. */
    private static final Pattern SECRET = Pattern.compile("\\$\\[secret:([^\\];]*)");

    private final List<Finding> findings = new ArrayList<>();

    /**
     * @param name of the pipeline
     * @param keys and values as in the file; keys of the framework's own are passed over
     */
    public PipelineDefinition read(String name, Map<String, String> keys) {
        if (!NAME.matcher(name).matches()) {
            invalid(
                    "",
                    "'" + name
                            + "' is no name for a pipeline: use lower-case letters, digits and dashes, such as lobby-2");
        }
        if (keys.size() > MOST_KEYS) {
            invalid("", "has " + keys.size() + " keys; more than " + MOST_KEYS + " are refused");
            return new PipelineDefinition(name, Map.of(), Map.of());
        }
        if (keys.entrySet().stream().anyMatch(one -> tooLong(one.getKey(), one.getValue()))) {
            return new PipelineDefinition(name, Map.of(), Map.of());
        }
        var settings = new TreeMap<String, String>();
        var grouped = new TreeMap<String, Map<String, String>>();
        new TreeMap<>(keys).forEach((text, value) -> {
            var key = text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
            if (!key.equals(text) && (key.isEmpty() || key.startsWith("#") || key.startsWith("!"))) {
                return; // the file's first line, a comment behind the mark
            }
            secrets(key, value);
            int dot = key.indexOf('.');
            if (dot < 0) {
                own(settings, key, value.strip());
            } else if (RESERVED.contains(key.substring(0, dot))) {
                reserved(key, key.substring(0, dot));
            } else {
                grouped.computeIfAbsent(key.substring(0, dot), stage -> new LinkedHashMap<>())
                        .put(key.substring(dot + 1), value.strip());
            }
        });
        if (grouped.size() > MOST_STAGES) {
            invalid("", "has " + grouped.size() + " stages; more than " + MOST_STAGES + " are refused");
            return new PipelineDefinition(name, settings, Map.of());
        }
        var stages = new TreeMap<String, StageDefinition>();
        grouped.forEach((stage, group) -> stages.put(stage, stage(stage, group)));
        if (stages.isEmpty()) {
            invalid("", "has no stage; a stage is a line such as cam.type = source.media");
        }
        return new PipelineDefinition(name, settings, PipelineDefinition.ordered(stages));
    }

    /** What was wrong, in the order of the keys. */
    public List<Finding> findings() {
        return findings;
    }

    /** Looked at before all else, for a message repeats the value it is about. */
    private boolean tooLong(String key, String value) {
        if (value.length() <= LONGEST_VALUE) {
            return false;
        }
        invalid(key, "has " + value.length() + " characters; more than " + LONGEST_VALUE + " are refused");
        return true;
    }

    private void secrets(String key, String value) {
        SECRET.matcher(value)
                .results()
                .map(placeholder -> placeholder.group(1))
                .distinct()
                .forEach(secret -> invalid(
                        key,
                        SECRET_NAME.matcher(secret).matches()
                                ? "there is no secret '" + secret + "'; put it into the file etc/secrets/" + secret
                                        + ", then save this file once more"
                                : "'" + secret + "' is no name of a secret; it is that of a file in etc/secrets/"));
    }

    /** The framework's own keys are passed over, but not what is meant to be a stage. */
    private void reserved(String key, String word) {
        if (key.equals(word + ".type") || key.equals(word + ".from")) {
            invalid(key, word + " is reserved and can't be the name of a stage; choose another, such as my-" + word);
        }
    }

    private void own(Map<String, String> settings, String key, String value) {
        if (!PipelineDefinition.SETTINGS.contains(key)) {
            findings.add(Finding.unknown(
                    key,
                    "unknown key",
                    key,
                    PipelineDefinition.SETTINGS,
                    "pipelines have: " + String.join(", ", sorted(PipelineDefinition.SETTINGS))
                            + "; the keys of a stage are stage.parameter"));
        } else if (key.equals("enabled") && !value.equals("true") && !value.equals("false")) {
            invalid(key, "'" + value + "' is neither true nor false");
        } else {
            settings.put(key, value);
        }
    }

    private StageDefinition stage(String name, Map<String, String> group) {
        if (!NAME.matcher(name).matches()) {
            invalid(name, "is no name for a stage: use lower-case letters, digits and dashes, such as cam-2");
        }
        var settings = new TreeMap<String, String>();
        var parameters = new TreeMap<String, String>();
        group.forEach((key, value) -> (StageDefinition.SETTINGS.contains(key) ? settings : parameters).put(key, value));
        if (settings.getOrDefault("type", "").isEmpty()) {
            var near = NearMiss.of("type", parameters.keySet());
            invalid(
                    name + ".type",
                    "is missing: say what kind of stage " + name + " is"
                            + near.map(key -> "; is " + name + "." + key + " meant to be it?")
                                    .orElse(", such as " + name + ".type = decoder"));
        }
        return new StageDefinition(
                name,
                settings.getOrDefault("type", ""),
                references(name, settings.getOrDefault("from", "")),
                settings,
                parameters);
    }

    private List<Reference> references(String stage, String from) {
        var references = new ArrayList<Reference>();
        for (var text : split(from)) {
            try {
                references.add(Reference.parse(text));
            } catch (IllegalArgumentException e) {
                invalid(stage + ".from", e.getMessage());
            }
        }
        return references;
    }

    /** Splits at commas that are not within brackets. */
    private static List<String> split(String from) {
        var parts = new ArrayList<String>();
        for (var part : from.split(",(?![^\\[]*\\])")) {
            if (!part.isBlank()) {
                parts.add(part);
            }
        }
        return parts;
    }

    private static List<String> sorted(Set<String> words) {
        return words.stream().sorted().toList();
    }

    private void invalid(String key, String message) {
        findings.add(Finding.invalid(key, message));
    }
}
