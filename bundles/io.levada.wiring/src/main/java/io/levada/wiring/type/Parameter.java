/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.type;

import io.levada.api.pipeline.ParameterInfo;
import io.levada.api.stage.NearMiss;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.osgi.service.metatype.AttributeDefinition;

/** A parameter of a stage type, read from Metatype. */
public final class Parameter implements ParameterInfo {

    private final AttributeDefinition definition;
    private final boolean required;
    private final String range;

    Parameter(AttributeDefinition definition, boolean required, String range) {
        this.definition = definition;
        this.required = required;
        this.range = range;
    }

    @Override
    public String name() {
        return definition.getID();
    }

    @Override
    public String description() {
        return Optional.ofNullable(definition.getDescription()).orElse("");
    }

    @Override
    public String type() {
        String one =
                switch (definition.getType()) {
                    case AttributeDefinition.INTEGER,
                            AttributeDefinition.LONG,
                            AttributeDefinition.SHORT,
                            AttributeDefinition.BYTE -> "integer";
                    case AttributeDefinition.DOUBLE, AttributeDefinition.FLOAT -> "number";
                    case AttributeDefinition.BOOLEAN -> "true/false";
                    case AttributeDefinition.PASSWORD -> "secret";
                    default -> "text";
                };
        return definition.getCardinality() == 0 ? one : one + " list";
    }

    /** Required in a pipeline file: Metatype requires it, and there is no default. */
    @Override
    public boolean required() {
        return required;
    }

    @Override
    public String defaultValue() {
        var values = definition.getDefaultValue();
        return values == null ? "" : String.join(",", values);
    }

    @Override
    public List<String> options() {
        var values = definition.getOptionValues();
        return values == null ? List.of() : Arrays.asList(values);
    }

    @Override
    public String range() {
        return range;
    }

    /** What is wrong with a value; empty if nothing is. */
    public Optional<String> problem(String value) {
        if (required() && value.isEmpty()) {
            return Optional.of("is required and has no value");
        }
        if (value.isEmpty()) {
            return Optional.empty();
        }
        for (var one : definition.getCardinality() == 0 ? List.of(value) : List.of(value.split(","))) {
            var wrong = wrong(one.strip());
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        return Optional.empty();
    }

    private Optional<String> wrong(String value) {
        String shown = definition.getType() == AttributeDefinition.PASSWORD ? "the value" : "'" + value + "'";
        boolean parses =
                switch (definition.getType()) {
                    case AttributeDefinition.INTEGER -> parses(() -> Integer.valueOf(value));
                    case AttributeDefinition.LONG -> parses(() -> Long.valueOf(value));
                    case AttributeDefinition.SHORT -> parses(() -> Short.valueOf(value));
                    case AttributeDefinition.BYTE -> parses(() -> Byte.valueOf(value));
                    case AttributeDefinition.DOUBLE, AttributeDefinition.FLOAT -> parses(() -> Double.valueOf(value));
                    case AttributeDefinition.BOOLEAN -> value.equals("true") || value.equals("false");
                    default -> true;
                };
        if (!parses) {
            return Optional.of(shown + " is not " + article(definition.getType()));
        }
        if (!options().isEmpty() && !options().contains(value)) {
            return Optional.of(shown + " is none of " + String.join(", ", options()) + NearMiss.hint(value, options()));
        }
        var verdict = definition.validate(value);
        return verdict == null || verdict.isEmpty()
                ? Optional.empty()
                : Optional.of(shown + " is refused: " + verdict + (range.isEmpty() ? "" : "; it may be " + range));
    }

    private static String article(int type) {
        return switch (type) {
            case AttributeDefinition.DOUBLE, AttributeDefinition.FLOAT -> "a number";
            case AttributeDefinition.BOOLEAN -> "true or false";
            default -> "a whole number";
        };
    }

    private static boolean parses(Runnable parser) {
        try {
            parser.run();
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
