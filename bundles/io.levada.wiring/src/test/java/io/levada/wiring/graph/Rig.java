/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.levada.api.media.LeakDetector;
import io.levada.api.pipeline.State;
import io.levada.wiring.definition.DefinitionReader;
import io.levada.wiring.definition.Finding;
import io.levada.wiring.definition.PipelineDefinition;
import io.levada.wiring.type.StageTypeEntry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** An engine and a graph on it; closing it fails when anything is left of them. */
public final class Rig {

    final Shelf shelf = new Shelf();
    final Engine engine = Engine.start(Path.of("."), Path.of("elsewhere"), shelf, pid -> Map.of());
    private final List<Graph> graphs = new ArrayList<>();

    Rig() {
        LeakDetector.reset();
        LeakDetector.level(LeakDetector.Level.ALL);
    }

    /** Starts a graph from the lines of a pipeline file. */
    Graph start(String... lines) {
        var graph = make("lobby", lines);
        graph.start();
        return graph;
    }

    Graph make(String name, String... lines) {
        var graph = new Graph(engine, named(name, lines), () -> {});
        graphs.add(graph);
        return graph;
    }

    /** Changes a graph to the lines of another file; why not, if it was not. */
    Optional<Finding> change(Graph graph, String... lines) {
        return graph.change(definition(lines));
    }

    PipelineDefinition definition(String... lines) {
        return named("lobby", lines);
    }

    PipelineDefinition named(String name, String... lines) {
        var reader = new DefinitionReader();
        var definition = reader.read(name, keys(lines));
        assertEquals(List.of(), reader.findings());
        return definition;
    }

    static String[] lines(List<String> some, String... more) {
        return Stream.concat(some.stream(), Arrays.stream(more)).toArray(String[]::new);
    }

    public static Map<String, String> keys(String... lines) {
        var keys = new LinkedHashMap<String, String>();
        Arrays.stream(lines)
                .map(line -> line.split("=", 2))
                .forEach(pair -> keys.put(pair[0].strip(), pair[1].strip()));
        return keys;
    }

    /** As when a bundle is stopped: returns when all instances are back. */
    void remove(StageTypeEntry entry) {
        shelf.remove(entry);
        CompletableFuture.allOf(
                        graphs.stream().map(graph -> graph.typeRemoved(entry)).toArray(CompletableFuture[]::new))
                .join();
    }

    void putBack(StageTypeEntry entry) {
        shelf.putBack(entry);
        graphs.forEach(graph -> graph.typeAdded(entry));
    }

    /** Puts a type that was not there before. */
    StageTypeEntry add(StageTypeEntry entry) {
        graphs.forEach(graph -> graph.typeAdded(entry));
        return entry;
    }

    /** Has a call that a stage is in count as one that hangs. */
    void awaitHang(Graph graph, String stage) {
        var time = new AtomicLong(System.nanoTime()); // between two looks at it at least an hour passes
        Await.until(stage + " hangs", graph::problems, () -> {
            engine.heavy().tick(time.addAndGet(TimeUnit.HOURS.toNanos(1)));
            return graph.problems().stream().anyMatch(problem -> problem.key().equals(stage));
        });
    }

    static void await(Graph graph, State state) {
        Await.until("state " + state, () -> graph.state() + " " + graph.problems(), () -> graph.state() == state);
    }

    static void awaitProblem(Graph graph, String problem) {
        Await.until(problem, graph::problems, () -> graph.problems().stream()
                .anyMatch(found -> found.toString().contains(problem)));
    }

    static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(name -> name.startsWith("levada-"))
                .sorted()
                .toList();
    }

    /** @param contents of which the sources may not have taken all */
    void close(Feed.Content... contents) {
        graphs.forEach(Graph::stop);
        // who hung was not waited for
        Await.until(
                "instances are given back", shelf::taken, () -> shelf.taken().isEmpty());
        engine.close();
        Arrays.stream(contents).forEach(Feed.Content::discard);
        assertEquals(List.of(), shelf.wrong());
        assertEquals(List.of(), LeakDetector.live());
        Await.until("no thread left", Rig::threads, () -> threads().isEmpty());
    }
}
