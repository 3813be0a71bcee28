/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.template;

import io.levada.wiring.definition.Finding;
import io.levada.wiring.definition.PipelineDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A template with the parameters of one pipeline filled in.
 *
 * @param keys and values of the pipeline that comes of it
 * @param findings what is wrong; then there are no keys
 */
public record Expansion(Map<String, String> keys, List<Finding> findings) {

    /** The parameter that every pipeline has: what it is called. */
    private static final String NAME = "name";

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([^{}]*?)(?::([^{}]*))?}}");
    private static final Pattern PARAMETER = Pattern.compile("[a-z][a-z0-9-]*");

    /**
     * @param pipeline its name
     * @param own what its file says: the parameters are keys without a dot; those of stages take the place of the template's
     * @param file of the template, for messages
     * @param template what that file says
     */
    static Expansion of(String pipeline, Map<String, String> own, String file, Map<String, String> template) {
        return new Filling(pipeline, own, file, template).expansion();
    }

    private static final class Filling {

        private final Map<String, String> own;
        private final String file;
        private final Map<String, String> template;
        private final Map<String, String> parameters = new TreeMap<>();
        private final TreeSet<String> known = new TreeSet<>();
        private final List<Finding> findings = new ArrayList<>();

        Filling(String pipeline, Map<String, String> own, String file, Map<String, String> template) {
            this.own = own;
            this.file = file;
            this.template = template;
            own.forEach((key, value) -> {
                if (key.indexOf('.') < 0 && !PipelineDefinition.SETTINGS.contains(key)) {
                    parameters.put(key, value);
                }
            });
            if (parameters.containsKey(NAME)) {
                invalid(NAME, "is the pipeline's own, " + pipeline + "; take it out");
            }
            parameters.put(NAME, pipeline);
        }

        Expansion expansion() {
            var keys = new TreeMap<String, String>();
            new TreeMap<>(template).forEach((key, value) -> {
                if (key.equals("template")) {
                    invalid("template", file + " has the key template, but a template is made of no other");
                } else if (key.indexOf('.') < 0 && !PipelineDefinition.SETTINGS.contains(key)) {
                    invalid(
                            "template",
                            file + " has the key " + key + ", which is neither that of a stage nor one of "
                                    + String.join(", ", new TreeSet<>(PipelineDefinition.SETTINGS)));
                } else if (own.containsKey(key)) {
                    collect(key, value);
                } else {
                    keys.put(key, filled(key, value));
                }
            });
            own.forEach((key, value) -> {
                if (!parameters.containsKey(key) && !key.equals("template")) {
                    keys.put(key, value);
                }
            });
            parameters.keySet().stream()
                    .filter(parameter -> !known.contains(parameter) && !parameter.equals(NAME))
                    .forEach(this::unknown);
            return new Expansion(findings.isEmpty() ? keys : Map.of(), findings);
        }

        /** What the pipeline says instead makes a parameter unnecessary, but not unknown. */
        private void collect(String key, String value) {
            PLACEHOLDER
                    .matcher(value)
                    .results()
                    .forEach(found -> known.add(found.group(1).strip()));
        }

        private String filled(String key, String value) {
            var text = PLACEHOLDER
                    .matcher(value)
                    .replaceAll(found ->
                            Matcher.quoteReplacement(value(key, found.group(1).strip(), found.group(2))));
            var rest = PLACEHOLDER.matcher(value).replaceAll("");
            if (rest.contains("{{") || rest.contains("}}")) {
                invalid(
                        "template",
                        file + ": " + key + " = " + value
                                + " has braces that are no placeholder; it is {{parameter}} or {{parameter:default}}");
            }
            return text;
        }

        private String value(String key, String parameter, String otherwise) {
            if (!PARAMETER.matcher(parameter).matches() || PipelineDefinition.SETTINGS.contains(parameter)) {
                invalid(
                        "template",
                        file + ": " + key + " has the placeholder {{" + parameter + "}}, but "
                                + (PipelineDefinition.SETTINGS.contains(parameter)
                                        ? parameter + " is a key that every pipeline has; call it otherwise"
                                        : "'" + parameter
                                                + "' is no name for a parameter: use lower-case letters, digits and dashes"));
                return "";
            }
            known.add(parameter);
            var value = parameters.get(parameter);
            if (value == null && otherwise == null) {
                invalid(
                        parameter,
                        "is missing: " + key + " of " + file + " needs it; add a line such as " + parameter + " = ...");
                return "";
            }
            return value == null ? otherwise.strip() : value.strip();
        }

        private void unknown(String parameter) {
            var valid = new TreeSet<>(known);
            valid.addAll(PipelineDefinition.SETTINGS);
            var asked = new TreeSet<>(known);
            asked.remove(NAME);
            findings.add(Finding.unknown(
                    parameter,
                    "unknown parameter",
                    parameter,
                    valid,
                    file + (asked.isEmpty() ? " has none" : " has: " + String.join(", ", asked))));
        }

        private void invalid(String key, String message) {
            var finding = Finding.invalid(key, message);
            if (!findings.contains(finding)) {
                findings.add(finding);
            }
        }
    }
}
