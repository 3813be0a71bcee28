/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.microbenchmark;

import io.levada.wiring.definition.DefinitionReader;
import io.levada.wiring.graph.Engine;
import io.levada.wiring.graph.Graph;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * A graph at work on an engine as a node has it: a source, transforms one behind the other, and sinks side by side.
 */
final class Running implements AutoCloseable {

    private final Stages stages;
    private final Engine engine;
    private final Graph graph;

    Running(int transforms, int sinks) {
        var keys = new TreeMap<String, String>();
        keys.put("stage-0.type", "source");
        for (int i = 1; i <= transforms; i++) {
            keys.put("stage-" + i + ".type", "pass");
            keys.put("stage-" + i + ".from", "stage-" + (i - 1));
        }
        for (int i = 0; i < sinks; i++) {
            keys.put("sink-" + i + ".type", "sink");
            keys.put("sink-" + i + ".from", "stage-" + transforms);
        }
        stages = new Stages(sinks);
        engine = Engine.start(Path.of("."), Path.of("data"), stages, pid -> Map.of());
        graph = new Graph(engine, new DefinitionReader().read("benchmark", keys), () -> {});
        graph.start();
    }

    void pass(int samples) {
        stages.pass(samples);
    }

    @Override
    public void close() {
        graph.stop();
        engine.close();
    }
}
