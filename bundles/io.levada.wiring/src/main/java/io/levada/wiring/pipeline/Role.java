/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.pipeline;

import io.levada.api.pipeline.ParameterInfo;
import io.levada.api.pipeline.StageTypeInfo;
import io.levada.wiring.type.StageTypeEntry;
import java.util.List;
import java.util.TreeMap;

/** A role as a stage type: what the types that fill it have in common with it. */
record Role(String name, List<StageTypeEntry> providers) implements StageTypeInfo {

    @Override
    public String kind() {
        return "role";
    }

    @Override
    public String description() {
        return "Filled by "
                + String.join(", ", providers.stream().map(StageTypeEntry::name).toList()) + ", the first that opens";
    }

    @Override
    public List<String> accepts() {
        return providers.stream()
                .flatMap(entry -> entry.accepts().stream())
                .distinct()
                .toList();
    }

    @Override
    public List<String> joins() {
        return providers.stream()
                .flatMap(entry -> entry.joins().stream())
                .distinct()
                .toList();
    }

    @Override
    public List<String> emits() {
        return providers.stream()
                .flatMap(entry -> entry.emits().stream())
                .distinct()
                .toList();
    }

    @Override
    public String bundle() {
        return "";
    }

    @Override
    public List<ParameterInfo> parameters() {
        var byName = new TreeMap<String, ParameterInfo>();
        providers.forEach(
                entry -> entry.parameters().forEach(parameter -> byName.putIfAbsent(parameter.name(), parameter)));
        return List.copyOf(byName.values());
    }
}
