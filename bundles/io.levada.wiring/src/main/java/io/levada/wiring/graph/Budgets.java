/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.MemoryBudget;
import io.levada.wiring.definition.PipelineDefinition;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The memory budgets of the pipelines that run. Thread-safe. */
final class Budgets {

    private final Map<String, MemoryBudget> budgets = new ConcurrentHashMap<>();

    MemoryBudget of(String pipeline) {
        return budgets.computeIfAbsent(pipeline, name -> new MemoryBudget(PipelineDefinition.USUAL_MEMORY));
    }

    /** What samples of it are still held when it has stopped counts for nobody. */
    void forget(MemoryBudget budget) {
        budgets.values().remove(budget);
    }
}
