/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.pipeline.State;
import io.levada.api.stage.StageException;
import io.levada.wiring.definition.Finding;
import io.levada.wiring.definition.PipelineDefinition;
import io.levada.wiring.definition.StageDefinition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One change of a running graph, as a transaction. First all that can fail is tried: new stages are opened, changed ones take
 * their parameters or give way to others, while samples flow as before. If any of it fails, all is undone. Then, between two
 * samples, the links are made anew.
 */
final class Rewiring {

    private static final Logger LOG = LoggerFactory.getLogger(Rewiring.class);
    private static final long PATIENCE_SECONDS = 10;

    private final Change change;
    private final PipelineDefinition fresh;
    private final Map<String, Node> before;
    private final BiFunction<StageDefinition, Map<String, Node>, Node> maker;

    private final Map<String, Node> after = new LinkedHashMap<>();
    private final List<Node> added = new ArrayList<>();
    private final List<Node> leaving = new ArrayList<>();
    private final Deque<Undo> undo = new ArrayDeque<>();
    private final List<Runnable> commit = new ArrayList<>();
    /** Those that take the place of a sink. */
    private final Set<String> sinks = new HashSet<>();

    private boolean suspended;

    private interface Undo {
        void run() throws Exception;
    }

    /** Why it is not done. */
    private static final class Refused extends Exception {

        private static final long serialVersionUID = 1L;

        private final transient Finding finding;

        Refused(String key, String reason) {
            super(reason);
            this.finding = Finding.invalid(key, reason);
        }
    }

    /** @param maker makes a node that takes from others */
    Rewiring(
            Change change,
            PipelineDefinition fresh,
            Map<String, Node> before,
            BiFunction<StageDefinition, Map<String, Node>, Node> maker) {
        this.change = change;
        this.fresh = fresh;
        this.before = before;
        this.maker = maker;
        leaving.addAll(change.gone());
    }

    /** Tries it; when nothing was found, {@link #commit} is to follow, else all is as before. */
    Optional<Finding> attempt() {
        try {
            for (var stage : fresh.running()) {
                attempt(stage);
            }
            return Optional.empty();
        } catch (Refused e) {
            undo();
            return Optional.of(e.finding);
        }
    }

    /** The nodes as they are then. */
    Map<String, Node> after() {
        return after;
    }

    private void attempt(StageDefinition stage) throws Refused {
        var step = change.steps().get(stage.name());
        var node = before.get(stage.name());
        switch (step) {
            case KEEP -> after.put(stage.name(), node);
            case ADJUST -> {
                after.put(stage.name(), node);
                if (node instanceof StageNode adjusted) {
                    commit.add(() -> adjusted.adjust(stage));
                } else {
                    commit.add(() -> node.define(stage));
                }
            }
            case EXCHANGE -> exchange(node, stage, true);
            case REPLACE -> exchange(node, stage, false);
            case RENEW -> renew(node, stage);
            case ADD -> open(stage);
        }
    }

    private void renew(Node node, StageDefinition stage) throws Refused {
        leaving.add(node);
        if (isSink(node)) {
            sinks.add(stage.name());
        }
        open(stage);
    }

    /** @param live whether the instance may stay, if it takes the parameters while it works */
    private void exchange(Node node, StageDefinition stage, boolean live) throws Refused {
        if (node instanceof SourceNode source) {
            exchange(source, stage, live);
        } else if (node instanceof StageNode consumer) {
            exchange(consumer, stage, live);
        }
    }

    private void exchange(StageNode node, StageDefinition stage, boolean live) throws Refused {
        var definition = node.definition();
        boolean sameType = live
                && definition.type().equals(stage.type())
                && definition.setting("version", "").equals(stage.setting("version", ""));
        if (sameType && answer(node, node.reconfigure(stage))) {
            undo.push(() -> answer(node, node.restore(definition)));
        } else if (isSink(node)) { // what it holds, a path, a port, can't be held twice
            renew(node, stage);
            return;
        } else {
            var made = answer(node, opening(node, () -> node.prepare(stage)));
            var exchange = node.exchange(made, stage);
            try {
                answer(node, exchange);
            } catch (Refused e) {
                if (exchange.isCancelled()) {
                    made.ifPresent(node::discard);
                }
                throw e;
            }
            undo.push(() -> answer(node, node.restore(definition)));
            commit.add(node::settle);
        }
        after.put(stage.name(), node);
    }

    private void exchange(SourceNode node, StageDefinition stage, boolean live) throws Refused {
        var definition = node.definition();
        boolean sameType = live
                && definition.type().equals(stage.type())
                && definition.setting("version", "").equals(stage.setting("version", ""));
        if (sameType && patiently(node, node.reconfigure(stage))) {
            undo.push(() -> answer(node, node.reconfigure(definition)));
        } else {
            var made = answer(node, opening(node, () -> node.prepare(stage)));
            undo.push(() -> made.ifPresent(SourceInstance::close));
            commit.add(() -> node.exchange(made, stage));
        }
        after.put(stage.name(), node);
    }

    /** A source that waits for its peer does not answer; another instance then takes its place. */
    private static boolean patiently(SourceNode node, CompletableFuture<Boolean> answer) throws Refused {
        answer.completeOnTimeout(false, 1, TimeUnit.SECONDS);
        return answer(node, answer);
    }

    private void open(StageDefinition stage) throws Refused {
        var node = maker.apply(stage, after);
        Optional.ofNullable(before.get(stage.name()))
                .ifPresent(other -> node.steering().succeed(other.steering()));
        added.add(node);
        undo.push(() -> Ending.abort(List.of(node)));
        var condition = answer(node, node.start());
        if (failed(condition) && node instanceof StageNode sink && suspendLeaving()) {
            condition = answer(sink, sink.openAgain());
        }
        if (failed(condition)) {
            throw new Refused(node.key(), condition.reason());
        }
        after.put(stage.name(), node);
    }

    private static boolean failed(Node.Condition condition) {
        return condition.state() == State.INVALID
                || condition.state() == State.FAILED
                || condition.state() == State.RETRYING;
    }

    /** Those who leave may hold what the new one needs; false when that can't be. */
    private boolean suspendLeaving() throws Refused {
        if (suspended) {
            return false;
        }
        for (var node : leaving) {
            if (node instanceof StageNode sink && isSink(node) && !node.done()) {
                answer(sink, sink.suspend());
                undo.push(sink::resume);
                suspended = true;
            }
        }
        return suspended;
    }

    private static boolean isSink(Node node) {
        return node.implementation() != null && node.implementation().kind().equals("sink");
    }

    /** A stage's own code is run: on a thread that may be lost. */
    private static <T> CompletableFuture<T> opening(Node node, Callable<T> opening) {
        var result = new CompletableFuture<T>();
        var thread = new Thread(
                () -> {
                    try {
                        result.complete(opening.call());
                    } catch (Throwable e) { // whatever a stage throws goes to who asked
                        result.completeExceptionally(e);
                    }
                },
                "levada-open-" + node.id());
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError e) { // no native thread
            result.completeExceptionally(StageException.retry(FaultText.message(e)));
        }
        return result;
    }

    private static <T> T answer(Node node, CompletableFuture<T> answer) throws Refused {
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            answer.cancel(false);
            throw new Refused(node.name(), "did not answer within " + PATIENCE_SECONDS + " s");
        } catch (ExecutionException e) {
            var parameter = Node.parameter(e.getCause());
            throw new Refused(
                    parameter.isEmpty() ? node.name() : node.name() + "." + parameter, Node.describe(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refused(node.name(), "interrupted");
        }
    }

    private void undo() {
        while (!undo.isEmpty()) {
            try {
                undo.pop().run();
            } catch (Exception e) {
                LOG.error("{}: a step could not be undone", fresh.name(), e);
            }
        }
    }

    /** Makes the links anew and ends who leaves. Does not fail. */
    void commit(Engine engine) {
        var staying =
                after.values().stream().filter(node -> !added.contains(node)).toList();
        var tracks = TransferStages.with(staying).stream()
                .flatMap(node -> node.tracks().stream())
                .toList();
        synchronized (engine.topology()) {
            engine.shared().run(fresh.name(), after.values()); // before those who leave may come to their end
            holding(tracks, 0, this::relink);
        }
        commit.forEach(Runnable::run);
        added.stream().filter(SourceNode.class::isInstance).forEach(node -> ((SourceNode) node).release());
        Ending.of(before.values().stream().filter(leaving::contains).toList());
        after.values().stream()
                .filter(StageNode.class::isInstance)
                .forEach(node -> ((StageNode) node).ports().forget(leaving));
        added.stream()
                .filter(node -> sinks.contains(node.name()))
                .forEach(node -> ((StageNode) node).ports().attach());
    }

    /** Nothing is emitted meanwhile: what each consumer takes changes between two samples. */
    private static void holding(List<OutputTrack> tracks, int first, Runnable action) {
        if (first == tracks.size()) {
            action.run();
            return;
        }
        synchronized (tracks.get(first)) {
            holding(tracks, first + 1, action);
        }
    }

    private void relink() {
        var staying = Set.copyOf(after.values());
        for (var stage : fresh.running()) {
            var node = after.get(stage.name());
            if (node instanceof StageNode consumer) {
                if (!added.contains(node)) {
                    consumer.ports().relink(stage, after, staying::contains);
                } else if (!sinks.contains(node.name())) { // those wait until the one before has closed
                    consumer.ports().attach();
                }
            }
        }
        for (var node : leaving) {
            if (node instanceof StageNode consumer) {
                consumer.ports().detach(staying::contains);
            }
        }
    }
}
