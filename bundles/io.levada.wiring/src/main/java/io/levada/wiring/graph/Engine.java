/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.stage.Work;
import io.levada.wiring.schedule.Ticker;
import io.levada.wiring.schedule.WorkerPool;
import io.levada.wiring.type.StageCatalog;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;

/**
 * What all graphs of the node share: threads, the stage types, the home directory.
 *
 * @param home relative paths of users are meant relative to it
 * @param data what they mean when they begin with {@code data/}
 * @param types the stage types
 * @param defaults the node-wide parameters of a stage type, by its Metatype PID
 * @param light runs LIGHT stages
 * @param heavy runs HEAVY stages
 * @param blocking runs BLOCKING stages
 * @param ticker wakes those who wait for a time
 * @param topology the lock under which consumers are linked to producers
 * @param shared where pipelines find each other's stages
 * @param budgets what the samples of each pipeline may hold
 */
public record Engine(
        Path home,
        Path data,
        StageCatalog types,
        Function<String, Map<String, String>> defaults,
        WorkerPool light,
        WorkerPool heavy,
        WorkerPool blocking,
        Ticker ticker,
        Object topology,
        SharedStages shared,
        Budgets budgets)
        implements AutoCloseable {

    private static final int MOST_BLOCKING = 64;

    public static Engine start(
            Path home, Path data, StageCatalog types, Function<String, Map<String, String>> defaults) {
        int cores = Runtime.getRuntime().availableProcessors();
        var ticker = new Ticker();
        var topology = new Object();
        return new Engine(
                home,
                data,
                types,
                defaults,
                pool("levada-light", cores, ticker),
                pool("levada-heavy", cores, ticker),
                pool("levada-blocking", MOST_BLOCKING, ticker),
                ticker,
                topology,
                new SharedStages(topology),
                new Budgets());
    }

    private static WorkerPool pool(String name, int max, Ticker ticker) {
        var pool = new WorkerPool(name, max);
        ticker.add(pool);
        return pool;
    }

    WorkerPool pool(Work work) {
        return switch (work) {
            case LIGHT -> light;
            case HEAVY -> heavy;
            case BLOCKING -> blocking;
        };
    }

    @Override
    public void close() {
        ticker.close();
        light.close();
        heavy.close();
        blocking.close();
    }
}
