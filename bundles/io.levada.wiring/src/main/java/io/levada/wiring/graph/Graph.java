/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.MemoryBudget;
import io.levada.api.pipeline.LinkStatus;
import io.levada.api.pipeline.StageStatus;
import io.levada.api.pipeline.State;
import io.levada.api.pipeline.Steered;
import io.levada.api.stage.NearMiss;
import io.levada.api.stage.Order;
import io.levada.api.stage.StageException;
import io.levada.wiring.definition.Finding;
import io.levada.wiring.definition.PipelineDefinition;
import io.levada.wiring.definition.StageDefinition;
import io.levada.wiring.type.StageTypeEntry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running form of a definition. */
public final class Graph {

    private static final Logger LOG = LoggerFactory.getLogger("io.levada.pipeline");

    private final Engine engine;
    private final String name;
    private final Runnable changed;
    /** In topological order: producers first. Replaced as a whole. */
    private volatile Map<String, Node> nodes;
    /** The same, and those that a change is trying. */
    private final Set<Node> alive = ConcurrentHashMap.newKeySet();

    private final MemoryBudget budget;
    private final MemoryWatch watch;

    /**
     * Makes the nodes; nothing runs before {@link #start}.
     *
     * @param definition without a finding of state INVALID
     * @param changed is run when the state of a node changes, on any thread
     */
    public Graph(Engine engine, PipelineDefinition definition, Runnable changed) {
        this.engine = engine;
        this.name = definition.name();
        this.changed = changed;
        this.budget = engine.budgets().of(definition.name());
        this.watch = new MemoryWatch(definition.name(), budget, this::all);
        budget.limit(definition.memory());
        var made = new LinkedHashMap<String, Node>();
        for (var stage : definition.running()) {
            made.put(stage.name(), make(definition.name(), stage, made));
        }
        nodes = made;
    }

    private Node make(String pipeline, StageDefinition stage, Map<String, Node> others) {
        var node = stage.from().isEmpty()
                ? new SourceNode(engine, pipeline, stage, changed)
                : new StageNode(engine, pipeline, stage, others, changed);
        alive.add(node);
        return node;
    }

    /** Sets it to work, consumers before producers. */
    public void start() {
        engine.ticker().add(watch);
        var consumersFirst = new ArrayList<>(nodes.values());
        Collections.reverse(consumersFirst);
        for (var node : consumersFirst) {
            if (node instanceof StageNode consumer) {
                consumer.ports().attach();
            }
        }
        engine.shared().run(name, consumersFirst);
        for (var node : consumersFirst) {
            if (node instanceof SourceNode source) {
                source.release();
            }
            node.start();
        }
    }

    /**
     * Changes what runs to what another definition says, by the smallest change: stages that it does not concern lose and
     * double no sample. When a stage of it can't be opened, all goes on as before. Not by two threads at once.
     *
     * @param fresh without a finding of state INVALID
     * @return why nothing was changed; empty when it was
     */
    public Optional<Finding> change(PipelineDefinition fresh) {
        return change(fresh, Set.of());
    }

    /**
     * Gives sources of a type that has turned up, or has come back as another version, a new chance where they had given up.
     *
     * @param definition what runs
     */
    public Optional<Finding> revive(PipelineDefinition definition, StageTypeEntry entry) {
        var again = nodes.values().stream()
                .filter(node -> node.done() || node.hanging() || node instanceof SourceNode) // it is about to be
                .filter(node -> node.definition().type().equals(entry.name()))
                .filter(node -> node.state() == State.FAILED || node.state() == State.INVALID)
                .map(Node::name)
                .collect(Collectors.toSet());
        return again.isEmpty() ? Optional.empty() : change(definition, again);
    }

    /**
     * Has other instances take the place of those of some types, as the best providers now are. Nothing is changed if one of
     * them can't.
     *
     * @param definition what runs
     */
    public Optional<Finding> replace(PipelineDefinition definition, Set<StageTypeEntry> types) {
        return rewire(Change.replacing(nodes, definition, types, engine.types()), definition);
    }

    private Optional<Finding> change(PipelineDefinition fresh, Set<String> again) {
        return rewire(Change.of(nodes, fresh, again, engine.types()), fresh);
    }

    private Optional<Finding> rewire(Change change, PipelineDefinition fresh) {
        var before = nodes;
        var rewiring = new Rewiring(change, fresh, before, (stage, others) -> make(fresh.name(), stage, others));
        var refused = rewiring.attempt();
        if (refused.isEmpty()) {
            nodes = rewiring.after();
            budget.limit(fresh.memory());
            rewiring.commit(engine);
            LOG.info("{} changed: {}", fresh.name(), change.words());
        }
        alive.retainAll(nodes.values());
        return refused;
    }

    /** Ends the sources, lets everything drain for a bounded time, closes all. */
    public void stop() {
        engine.shared().stopping(name);
        for (var node : nodes.values()) {
            if (node instanceof StageNode consumer) {
                consumer.ports().detach(producer -> false); // from what does not end with it
            }
        }
        Ending.of(nodes.values());
        engine.shared()
                .ended(
                        name,
                        nodes.values().stream()
                                .mapToLong(Node::runningEnd)
                                .max()
                                .orElse(0));
        engine.ticker().remove(watch);
        watch.close();
        engine.budgets().forget(budget);
    }

    /** The stage that was given up, if the pipeline is to stop with it. */
    public Optional<Finding> givenUp() {
        return nodes.values().stream()
                .filter(Node::stopsPipeline)
                .findFirst()
                .map(node -> new Finding(
                        node.key(),
                        node.reason()
                                + "; the pipeline has stopped, as restart says: save its definition to start it again",
                        State.FAILED));
    }

    /** What runs, each with the transfer stages that were put in behind it. */
    private List<Node> all() {
        return TransferStages.withWorking(nodes.values());
    }

    /** A stage type has turned up. */
    public void typeAdded(StageTypeEntry entry) {
        TransferStages.with(alive).forEach(node -> node.typeAdded(entry));
    }

    /** A stage type goes; completes when no instance of it is left. */
    public CompletableFuture<Void> typeRemoved(StageTypeEntry entry) {
        return CompletableFuture.allOf(TransferStages.with(alive).stream()
                .map(node -> node.typeRemoved(entry))
                .toArray(CompletableFuture[]::new));
    }

    /** The state of the whole: RUNNING when all of it is, DEGRADED when at least one way from a source to an end is. */
    public State state() {
        var problems = problems();
        if (nodes.values().stream().allMatch(node -> node.state() == State.ENDED)) {
            return State.ENDED;
        }
        boolean works = nodes.values().stream().anyMatch(node -> isEnd(node) && works(node));
        if (problems.isEmpty()) {
            return starting() || !works ? State.STARTING : State.RUNNING;
        }
        return works ? State.DEGRADED : worst(problems);
    }

    /** Whether a stage is still being opened, or waits for the format by which it is chosen. */
    public boolean starting() {
        return nodes.values().stream().anyMatch(node -> node.state() == State.STARTING);
    }

    private static State worst(List<Finding> problems) {
        for (var state : List.of(State.FAILED, State.INVALID, State.RETRYING)) {
            if (problems.stream().anyMatch(problem -> problem.state() == state)) {
                return state;
            }
        }
        return State.WAITING;
    }

    /** Why it is not RUNNING; empty when it is, or soon will be. */
    public List<Finding> problems() {
        var problems = new ArrayList<Finding>();
        for (var node : all()) {
            switch (node.state()) {
                case WAITING, RETRYING, FAILED, INVALID -> problems.add(
                        new Finding(node.key(), node.reason(), node.state()));
                default -> {
                    var missing =
                            node instanceof StageNode stage ? stage.ports().missingTrack() : "";
                    if (!missing.isEmpty()) {
                        problems.add(Finding.waiting(node.name() + ".from", missing));
                    }
                }
            }
        }
        return problems;
    }

    private boolean isEnd(Node node) {
        return nodes.values().stream().noneMatch(other -> other.definition().from().stream()
                .anyMatch(from -> from.pipeline().isEmpty() && from.stage().equals(node.name())));
    }

    private boolean works(Node node) {
        if (!node.running() && node.state() != State.ENDED) {
            return false;
        }
        var from = node.definition().from();
        if (from.isEmpty()) {
            return true;
        }
        var entry = node.implementation();
        if (entry != null && entry.alternatives()) {
            return IntStream.range(0, from.size()).anyMatch(index -> comes(node, index));
        }
        boolean missing =
                node instanceof StageNode stage && !stage.ports().missingTrack().isEmpty();
        return !missing && comes(node, 0);
    }

    private boolean comes(Node node, int reference) {
        var from = node.definition().from().get(reference);
        if (from.pipeline().isPresent()) {
            return ((StageNode) node).ports().linked(reference);
        }
        var producer = nodes.get(from.stage());
        return producer != null && works(producer); // none while a change is on its way
    }

    /** Has a stage do as it is told; fails with a StageException that says why it can't. */
    public CompletableFuture<String> control(String stage, Order order) {
        return steering(stage).thenCompose(steering -> steering.control(order));
    }

    /** What a stage can be told, and how it stands; fails as {@link #control} does. */
    public CompletableFuture<Steered> steered(String stage) {
        return steering(stage).thenCompose(Steering::steered);
    }

    private CompletableFuture<Steering> steering(String stage) {
        var node = nodes.get(stage);
        return node != null
                ? CompletableFuture.completedFuture(node.steering())
                : CompletableFuture.failedFuture(
                        StageException.invalid("there is no stage " + stage + NearMiss.hint(stage, nodes.keySet()))
                                .remedy("name one of: " + String.join(", ", nodes.keySet())));
    }

    /** Takes a reading for the figures that are about the last while; once a second. */
    public void sample() {
        all().forEach(node -> node.figures().sample());
    }

    public List<StageStatus> stages() {
        return all().stream().<StageStatus>map(StageView::of).toList();
    }

    public List<LinkStatus> links() {
        return all().stream()
                .filter(StageNode.class::isInstance)
                .flatMap(node -> ((StageNode) node).ports().links().stream())
                .<LinkStatus>map(LinkView::of)
                .toList();
    }

    /** Pictures a second at the busiest end, or where no end takes pictures, at the busiest stage. */
    public double framesPerSecond() {
        double atEnds = busiest(this::isEnd);
        return atEnds > 0 ? atEnds : busiest(node -> true);
    }

    private double busiest(Predicate<Node> which) {
        return nodes.values().stream()
                .filter(which)
                .mapToDouble(node -> node.figures().rate.perSecond())
                .max()
                .orElse(0);
    }

    /** The slowest end's 99th percentile of latency, nanoseconds. */
    public long latencyP99() {
        return nodes.values().stream()
                .filter(node -> isEnd(node) && !node.definition().from().isEmpty())
                .mapToLong(node -> node.figures().latency.percentiles(99)[0])
                .max()
                .orElse(0);
    }

    /** Bytes that its samples hold. */
    public long memory() {
        return budget.used();
    }

    public long dropped() {
        return links().stream()
                .flatMap(link -> link.dropped().values().stream())
                .mapToLong(Long::longValue)
                .sum();
    }

    /** Events that analyzers emitted. */
    public long events() {
        return nodes.values().stream()
                .filter(node -> node.implementation() != null
                        && node.implementation().kind().equals("analyzer"))
                .flatMap(node -> node.tracks().stream())
                .mapToLong(OutputTrack::samples)
                .sum();
    }

    public long readers() {
        return nodes.values().stream()
                .mapToLong(node -> node.figures().gauges().getOrDefault("readers", 0L))
                .sum();
    }
}
