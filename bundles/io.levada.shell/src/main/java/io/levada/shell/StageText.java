/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import io.levada.api.pipeline.ParameterInfo;
import io.levada.api.pipeline.StageTypeInfo;
import java.util.ArrayList;
import java.util.List;

/** What {@code levada:stages} shows of stage types; docs/stages.md is made of the same texts. */
public final class StageText {

    private StageText() {}

    /** All types, one line each. */
    public static String of(List<StageTypeInfo> types) {
        var table = new Table("TYPE", "KIND", "DESCRIPTION");
        types.forEach(type -> table.row(type.name(), type.kind(), type.description()));
        return table.toString();
    }

    /** One type with its parameters. */
    public static String of(StageTypeInfo type) {
        var text = new StringBuilder(type.name())
                .append("  ")
                .append(type.kind())
                .append('\n')
                .append(Table.indented("  ", type.description()));
        ports(text, "accepts", type.accepts());
        ports(text, "joins", type.joins());
        ports(text, "emits", type.emits());
        if (!type.bundle().isEmpty()) {
            text.append("  bundle   ").append(type.bundle()).append('\n');
        }
        text.append('\n');
        if (type.parameters().isEmpty()) {
            return text.append("no parameters of its own\n").toString();
        }
        var table = new Table("PARAMETER", "VALUE", "DEFAULT", "MEANING");
        for (var parameter : type.parameters()) {
            table.row(parameter.name(), value(parameter), defaultValue(parameter), parameter.description());
        }
        return text.append(table).toString();
    }

    private static void ports(StringBuilder text, String what, List<String> ports) {
        if (!ports.isEmpty()) {
            text.append("  ")
                    .append(String.format("%-9s", what))
                    .append(String.join(", ", ports))
                    .append('\n');
        }
    }

    /** What can be written: the choices on lines of their own, or the type with its range. */
    private static String value(ParameterInfo parameter) {
        if (!parameter.options().isEmpty()) {
            return String.join(" | ", parameter.options());
        }
        return parameter.type() + (parameter.range().isEmpty() ? "" : " " + parameter.range());
    }

    private static String defaultValue(ParameterInfo parameter) {
        if (parameter.required()) {
            return "(required)";
        }
        return parameter.defaultValue().isEmpty() ? "-" : parameter.defaultValue();
    }

    static List<String> names(List<StageTypeInfo> types) {
        List<String> names = new ArrayList<>();
        types.forEach(type -> names.add(type.name()));
        return names;
    }
}
