/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.pipeline;

import io.levada.api.pipeline.Controls;
import io.levada.api.pipeline.Steered;
import io.levada.api.stage.NearMiss;
import io.levada.api.stage.Order;
import io.levada.api.stage.StageException;
import io.levada.wiring.graph.Graph;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Brings orders to the stages of running pipelines. */
final class StageControls implements Controls {

    /** Characters of an order; what is longer is no order. */
    private static final int LONGEST = 4096;

    private final Map<String, Pipeline> pipelines;

    /** @param pipelines by name; may be changed by others */
    StageControls(Map<String, Pipeline> pipelines) {
        this.pipelines = pipelines;
    }

    @Override
    public CompletionStage<String> call(String pipeline, String stage, String command, List<String> arguments) {
        var order = new Order(command, arguments, System.nanoTime());
        if (order.toString().length() > LONGEST) {
            return CompletableFuture.failedFuture(StageException.invalid(
                    "an order to " + pipeline + "/" + stage + " has more than " + LONGEST + " characters"));
        }
        return running(pipeline, graph -> graph.control(stage, order));
    }

    @Override
    public CompletionStage<Steered> steered(String pipeline, String stage) {
        return running(pipeline, graph -> graph.steered(stage));
    }

    private <T> CompletionStage<T> running(String name, Function<Graph, CompletionStage<T>> question) {
        var pipeline = pipelines.get(name);
        if (pipeline == null) {
            return CompletableFuture.failedFuture(
                    StageException.invalid("there is no pipeline " + name + NearMiss.hint(name, pipelines.keySet()))
                            .remedy("name one of: " + String.join(", ", pipelines.keySet())));
        }
        return pipeline.graph()
                .map(question)
                .orElseGet(() -> CompletableFuture.failedFuture(StageException.retry(name + " does not run: it is "
                                + pipeline.status().state())
                        .remedy("levada:pipelines " + name + " says why")));
    }
}
