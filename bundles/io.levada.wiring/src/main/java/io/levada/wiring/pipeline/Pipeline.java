/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.pipeline;

import io.levada.api.pipeline.PipelineStatus;
import io.levada.api.pipeline.State;
import io.levada.wiring.definition.DefinitionReader;
import io.levada.wiring.definition.Finding;
import io.levada.wiring.definition.PipelineDefinition;
import io.levada.wiring.graph.Engine;
import io.levada.wiring.graph.Graph;
import io.levada.wiring.graph.Supervision;
import io.levada.wiring.type.DefinitionCheck;
import io.levada.wiring.type.StageTypeEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pipeline through all its definitions. Definitions may come faster than they can be applied: only the newest is. All that
 * changes the graph runs on the pipeline's own serial executor.
 */
final class Pipeline {

    private static final Logger LOG = LoggerFactory.getLogger("io.levada.pipeline");

    private final String name;
    private final Engine engine;
    private final Executor executor;
    private final History history;
    private final AtomicReference<Offer> newest = new AtomicReference<>();

    private volatile Map<String, String> applied = Map.of();
    private volatile Graph graph;
    private volatile List<Finding> refused = List.of();
    /** What turned out to be wrong with the definition that runs, when a type turned up. */
    private volatile List<Finding> late = List.of();

    /** What runs in place of a definition that was refused when nothing ran yet. */
    private volatile Optional<Finding> instead = Optional.empty();

    /** Why it has stopped by itself. */
    private volatile Optional<Finding> givenUp = Optional.empty();

    private Offer offered = Offer.NONE;

    /** The change that was taken and has not come to run. */
    private Optional<Offer> settling = Optional.empty();

    private PipelineDefinition definition = new PipelineDefinition("", Map.of(), Map.of());
    private State logged = State.STOPPED;
    private String loggedReasons = "";
    private boolean removed;
    private volatile Instant since = Instant.now();
    private volatile boolean enabled = true;

    /** @param executor runs one task at a time, in order */
    Pipeline(String name, Engine engine, Executor executor, History history) {
        this.name = name;
        this.engine = engine;
        this.executor = executor;
        this.history = history;
    }

    String name() {
        return name;
    }

    /** What runs; any thread. */
    Optional<Graph> graph() {
        return Optional.ofNullable(graph);
    }

    /** Has the definition applied soon, unless a newer one comes first. Any thread. */
    void define(Offer offer) {
        var overtaken = newest.getAndSet(offer);
        if (overtaken == null) {
            executor.execute(this::applyNewest);
        } else {
            overtaken.overtakenBy(offer);
        }
    }

    private void applyNewest() {
        var offer = newest.getAndSet(null);
        if (offer != null) {
            try {
                apply(offer);
            } finally {
                offer.origin().outcome().complete(refused);
            }
        }
    }

    /** Stops it for good; completes when everything is closed. */
    CompletableFuture<Void> remove() {
        return CompletableFuture.runAsync(
                () -> {
                    removed = true;
                    Optional.ofNullable(newest.getAndSet(null))
                            .ifPresent(offer -> offer.origin().outcome().complete(List.of()));
                    stop();
                    engine.shared().crossings().forget(name);
                    LOG.info("{} removed", name);
                },
                executor);
    }

    private void apply(Offer offer) {
        engine.shared().crossings().declare(name);
        boolean same = offer.keys().equals(applied) && givenUp.isEmpty();
        if (same && refused.isEmpty() && !offer.keys().isEmpty()) {
            history.repeated(offer);
            return;
        }
        var reader = new DefinitionReader();
        var read = reader.read(name, offer.keys());
        var invalid = offer.problems().isEmpty() ? invalid(reader, read) : offer.problems();
        if (!invalid.isEmpty() && graph == null) {
            fallBack(offer);
        }
        refused = invalid;
        offered = offer;
        if (invalid.isEmpty()) {
            take(offer, read);
        }
        if (refused.isEmpty()) {
            instead = Optional.empty();
        }
        changed();
    }

    private void take(Offer offer, PipelineDefinition read) {
        if (offer.keys().equals(applied) && givenUp.isEmpty()) {
            history.repeated(offer);
            return;
        }
        boolean starts = graph == null && read.enabled();
        var before = verdict();
        var rolledBack = run(read);
        if (rolledBack.isPresent()) {
            refused = List.of(rolledBack.get());
            return;
        }
        applied = offer.keys();
        definition = read;
        late = List.of();
        if (starts) {
            history.started(offer);
        } else {
            settling = Optional.of(offer);
            settled(); // before it is written down
            history.taken(offer, before);
        }
    }

    /** Looks how the definition does that was started without another to go back to. */
    private void judge() {
        var offer = history.onTrial();
        if (offer.isEmpty() || graph == null) {
            return;
        }
        switch (verdict()) {
            case GOOD -> history.passed();
            case BAD -> {
                var bad = wrongWith(graph).stream().filter(Verdict::isBad).toList();
                if (fallBack(offer.get())) {
                    history.failed();
                    refused = refused.isEmpty() ? bad : refused;
                } else {
                    instead = Optional.empty(); // what can be of it goes on
                }
            }
            case OPEN -> {}
        }
    }

    private Verdict verdict() {
        var running = graph;
        return running == null ? Verdict.OPEN : Verdict.of(running, wrongWith(running));
    }

    /** Runs what ran last before this run in place of what is offered; false when there is no such thing, or it is no better. */
    private boolean fallBack(Offer offer) {
        var last = history.insteadOf(offer);
        if (last.isEmpty()) {
            return false;
        }
        var keys = history.keys(last.get());
        var reader = new DefinitionReader();
        var read = reader.read(name, keys);
        if (!read.enabled()) {
            return false;
        }
        var invalid = invalid(reader, read);
        if (!invalid.isEmpty()) {
            instead = Optional.of(Finding.invalid("", last.get() + " can't run instead: " + invalid.get(0)));
            return false;
        }
        stop();
        var refused = run(read);
        if (refused.isPresent()) {
            instead = Optional.of(Finding.invalid("", last.get() + " can't run instead: " + refused.get()));
            return false;
        }
        applied = keys;
        definition = read;
        late = List.of();
        instead = Optional.of(Finding.invalid("", last.get() + " (" + last.get().origin() + ") runs instead"));
        return true;
    }

    /** Why the definition was not taken, after all: a stage of it could not be opened. */
    private Optional<Finding> run(PipelineDefinition fresh) {
        var running = graph;
        enabled = fresh.enabled();
        givenUp = Optional.empty();
        if (enabled) {
            var cycle = engine.shared().crossings().enter(fresh, this::applyAgain);
            if (cycle.isPresent()) {
                return cycle;
            }
        }
        if (running != null && enabled) {
            var refused = running.change(fresh);
            refused.ifPresent(why -> engine.shared().crossings().enter(definition, () -> {}));
            return refused;
        }
        stop();
        if (enabled) {
            var started = new Graph(engine, fresh, this::changedSoon);
            graph = started;
            started.start();
        }
        return Optional.empty();
    }

    /**
     * A type has turned up: what was refused for its sake may be fine now, and what it could not be checked against before is
     * checked now. The stage that can't work says so itself; the others run on.
     */
    private void checkAgain(StageTypeEntry entry) {
        if (!refused.isEmpty() && !removed) {
            apply(offered);
        } else if (givenUp.isPresent() && !removed && uses(entry)) {
            run(definition);
            changed();
        } else {
            checkLate(entry);
        }
        var running = graph;
        if (running != null && !removed) {
            running.revive(definition, entry);
        }
    }

    /** What it was refused for may have gone. Any thread. */
    private void applyAgain() {
        executor.execute(() -> {
            if (!refused.isEmpty() && !removed) {
                apply(offered);
            }
        });
    }

    private void checkLate(StageTypeEntry entry) {
        var running = graph;
        if (running != null && uses(entry)) {
            late = invalid(new DefinitionReader(), definition);
            changed();
        }
    }

    private boolean uses(StageTypeEntry entry) {
        return definition.stages().values().stream()
                .anyMatch(stage ->
                        stage.type().equals(entry.name()) || stage.type().equals(entry.role()));
    }

    private List<Finding> invalid(DefinitionReader reader, PipelineDefinition definition) {
        var findings = new ArrayList<>(reader.findings());
        findings.addAll(DefinitionCheck.check(engine.types(), definition));
        return findings.stream()
                .filter(finding -> finding.state() == State.INVALID)
                .toList();
    }

    /** It is there for types that go until it has stopped. */
    private void stop() {
        var running = graph;
        if (running != null) {
            running.stop();
            graph = null;
            engine.shared().crossings().leave(name);
        }
    }

    void typeAdded(StageTypeEntry entry) {
        var running = graph;
        if (running != null) {
            running.typeAdded(entry);
        }
        executor.execute(() -> checkAgain(entry));
    }

    /** Has other instances take the place of those of some types; completes with why it did not. */
    CompletableFuture<Optional<Finding>> replace(Set<StageTypeEntry> types) {
        return CompletableFuture.supplyAsync(
                () -> {
                    var running = graph;
                    return running == null ? Optional.empty() : running.replace(definition, types);
                },
                executor);
    }

    CompletableFuture<Void> typeRemoved(StageTypeEntry entry) {
        executor.execute(() -> checkLate(entry));
        var running = graph;
        return running == null ? CompletableFuture.completedFuture(null) : running.typeRemoved(entry);
    }

    void sample() {
        var running = graph;
        if (running != null) {
            running.sample();
        }
    }

    private void changedSoon() {
        executor.execute(this::changed);
    }

    /** Logs a change of state, with all that a user needs to mend it. */
    private void changed() {
        if (removed) {
            return;
        }
        stopWithStage();
        judge();
        var running = graph;
        var state = state();
        var reasons = problems().stream().map(problem -> "\n  " + problem).collect(Collectors.joining());
        settled();
        var news = Supervision.withoutNextTry(reasons);
        if (state == logged && news.equals(loggedReasons)) {
            return;
        }
        if (state != logged) {
            since = Instant.now();
        }
        logged = state;
        loggedReasons = news;
        String goesOn = state == State.INVALID && running != null && !refused.isEmpty() && instead.isEmpty()
                ? ", what ran before goes on running"
                : "";
        switch (state) {
            case RUNNING, STARTING, ENDED, STOPPED -> LOG.info("{} {}", name, state);
            default -> LOG.warn("{} {}{}{}", name, state, goesOn, reasons);
        }
    }

    private void stopWithStage() {
        var running = graph;
        var why = running == null ? Optional.<Finding>empty() : running.givenUp();
        if (why.isPresent()) {
            stop();
            givenUp = why;
        }
    }

    private void settled() {
        if (settling.isPresent() && state() == State.RUNNING) {
            LOG.info("{} changed within {} ms by {}", name, millisSince(settling.get()), settling.get());
            settling = Optional.empty();
        }
    }

    private static String millisSince(Offer offer) {
        return String.format(Locale.ROOT, "%.1f", (System.nanoTime() - offer.nanoTime()) / 1e6);
    }

    private State state() {
        var running = graph;
        if (!refused.isEmpty()) {
            return refused.stream().allMatch(finding -> finding.state() == State.WAITING)
                    ? State.WAITING
                    : State.INVALID;
        }
        if (givenUp.isPresent()) {
            return State.FAILED;
        }
        if (running == null) {
            return enabled ? State.STARTING : State.STOPPED;
        }
        var state = running.state();
        if (late.isEmpty()) {
            return state;
        }
        return state == State.RUNNING || state == State.DEGRADED ? State.DEGRADED : State.INVALID;
    }

    private List<Finding> problems() {
        var running = graph;
        var wrong = refused;
        if (!wrong.isEmpty() || running == null) {
            return Stream.of(wrong.stream(), instead.stream(), givenUp.stream())
                    .flatMap(findings -> findings)
                    .toList();
        }
        return wrongWith(running);
    }

    /** What is wrong with what runs. */
    private List<Finding> wrongWith(Graph running) {
        var problems = new ArrayList<>(late);
        for (var problem : running.problems()) {
            if (late.stream().noneMatch(better -> better.key().equals(problem.key()))) {
                problems.add(problem);
            }
        }
        return problems;
    }

    PipelineStatus status() {
        return PipelineView.of(name, state(), problems(), since, Optional.ofNullable(graph));
    }
}
