/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.MemoryBudget;
import io.levada.api.media.Sample;
import io.levada.api.media.TimeBase;
import io.levada.api.pipeline.State;
import io.levada.api.stage.Input;
import io.levada.api.stage.Request;
import io.levada.api.stage.Stage;
import io.levada.api.stage.StageException;
import io.levada.wiring.definition.StageDefinition;
import io.levada.wiring.type.DefinitionCheck;
import io.levada.wiring.type.StageTypeEntry;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stage's place in the graph. The instance of the stage in it comes, fails, is replaced and goes; the node with its links
 * stays as long as the definition has the stage.
 */
abstract class Node implements Producer {

    static final Logger LOG = LoggerFactory.getLogger(Node.class);

    private static final int MOST_REQUESTS = 64;
    private static final Subscription[] NOBODY = {};

    private final Engine engine;
    private final String pipeline;
    private final Runnable changed;
    private final Figures figures = new Figures();
    private final Tasks tasks = new Tasks(this::wakeProducer);
    private final Steering steering = new Steering(this);
    private final Activation activation = new Activation(this);
    private final TransferStages transfers = new TransferStages(this);
    private volatile Subscription[] subscribers = NOBODY; // an array, as it is gone through before each sample
    private final String id;
    private final Map<String, Long> tallies = new ConcurrentHashMap<>();

    private volatile StageDefinition definition;
    private volatile Condition condition = new Condition(State.STARTING, "", "");
    private volatile StageTypeEntry implementation;
    private volatile boolean leaving;
    private volatile boolean stopsPipeline;
    private volatile String plugin = "";
    private final MemoryBudget budget;
    /** What does not fit while the stage is busy or away is left out: who asked asks again. */
    private final Queue<Request> requests = new LinkedBlockingQueue<>(MOST_REQUESTS);

    /** A state, the parameter that is to blame for it (empty for none), and the reason. */
    record Condition(State state, String parameter, String reason) {}

    Node(Engine engine, String pipeline, StageDefinition definition, Runnable changed) {
        this.engine = engine;
        this.pipeline = pipeline;
        this.definition = definition;
        this.changed = changed;
        this.id = pipeline + "/" + definition.name();
        this.budget = engine.budgets().of(pipeline);
        activation.define(definition);
    }

    final Engine engine() {
        return engine;
    }

    final String pipeline() {
        return pipeline;
    }

    final String name() {
        return definition.name();
    }

    /** {@code pipeline/stage}. */
    final String id() {
        return id;
    }

    /** What its instances count, one after the other; any thread. */
    final Map<String, Long> tallies() {
        return tallies;
    }

    /** Any thread; what the node goes by now. */
    final StageDefinition definition() {
        return definition;
    }

    /** From now on it goes by this one. */
    void define(StageDefinition fresh) {
        definition = fresh;
        activation.define(fresh);
        engine.ticker().hurry();
    }

    final Activation activation() {
        return activation;
    }

    @Override
    public final boolean asleep() {
        return activation.asleep();
    }

    final Condition condition() {
        return condition;
    }

    final Figures figures() {
        return figures;
    }

    /** Whether what its stage has held back may come at once. */
    final boolean bursts() {
        var entry = implementation;
        return entry != null && entry.bursts();
    }

    /** Orders to the stage. */
    final Steering steering() {
        return steering;
    }

    /** The instance at work, in the node's turn; empty while there is none. */
    abstract Optional<Stage> stage();

    /** Has something done in the node's turn, unless who asked gives up before; any thread. */
    final <T> CompletableFuture<T> ask(Callable<T> question) {
        return tasks.ask(question);
    }

    final Tasks tasks() {
        return tasks;
    }

    final State state() {
        return condition.state();
    }

    final String reason() {
        return condition.reason();
    }

    /** What a user has to look at: the key of the parameter that is to blame, or the stage. */
    final String key() {
        var parameter = condition.parameter();
        return parameter.isEmpty() ? name() : name() + "." + parameter;
    }

    @Override
    public final boolean running() {
        return condition.state() == State.RUNNING;
    }

    /** The type at work; null while there is none. */
    final StageTypeEntry implementation() {
        return implementation;
    }

    final void implementation(StageTypeEntry entry) {
        implementation = entry;
        if (entry != null) {
            plugin = entry.bundle();
        }
    }

    /** The bundle whose stage is or was last at work, with its version; empty before there was one. */
    final String plugin() {
        return plugin;
    }

    /** What its samples are charged to. */
    final MemoryBudget budget() {
        return budget;
    }

    /** As it can't work, the pipeline shall not go on without it. */
    final void stopPipeline() {
        stopsPipeline = true;
    }

    final boolean stopsPipeline() {
        return stopsPipeline;
    }

    /** Whether a call of its stage does not come back. Any thread. */
    boolean hanging() {
        return false;
    }

    /** A stage that holds too much is closed, and not opened again by itself. Any thread. */
    void fail(StageException fault) {}

    /**
     * What an instance of the type is told, by a definition that the node may not go by yet. Any thread.
     *
     * @throws StageException if the definition can't work with the type, which may not have been there when it was checked
     */
    final NodeContext context(StageTypeEntry entry, StageDefinition definition) throws StageException {
        var findings = DefinitionCheck.late(definition, entry);
        if (!findings.isEmpty()) {
            var first = findings.get(0);
            throw StageException.invalid(first.message()).parameter(first.parameter());
        }
        return new NodeContext(this, definition, engine.defaults().apply(entry.pid()));
    }

    /** There is no provider of its type. */
    final void waitForType() {
        var pinned = !engine.types().providers(definition.type()).isEmpty();
        become(State.WAITING, pinned ? "version" : "type", engine.types().missing(definition));
    }

    final void become(State state, String reason) {
        become(state, "", reason);
    }

    final void become(State state, String parameter, String reason) {
        var now = new Condition(state, parameter, reason);
        if (!now.equals(condition)) {
            condition = now;
            changed.run();
        }
    }

    /** What it takes from has changed; what it has to say of that may have, too. Any thread. */
    final void told() {
        changed.run();
    }

    /** What a fault means for the user: message and remedy. */
    static String describe(Throwable fault) {
        return FaultText.of(fault);
    }

    /** What a fault is; without its remedy where the stage says itself what is wrong, for where something else is at work. */
    static String cause(Throwable fault) {
        return fault instanceof StageException ? FaultText.message(fault) : describe(fault);
    }

    /** The parameter that is to blame for it; empty for none. */
    static String parameter(Throwable fault) {
        return fault instanceof StageException stage ? stage.parameter().orElse("") : "";
    }

    static StageException.Kind kind(Throwable fault) {
        return fault instanceof StageException stage ? stage.kind() : StageException.Kind.RETRY;
    }

    @Override
    public final void subscribe(Subscription subscription) {
        synchronized (engine.topology()) {
            var more = Arrays.copyOf(subscribers, subscribers.length + 1);
            more[subscribers.length] = subscription;
            subscribers = more;
            announceTo(subscription);
        }
        wakeProducer();
    }

    @Override
    public final void unsubscribe(Subscription subscription) {
        synchronized (engine.topology()) {
            transfers.leave(subscription);
            subscribers = Arrays.stream(subscribers)
                    .filter(other -> other != subscription)
                    .toArray(Subscription[]::new);
        }
        wakeProducer(); // it may have waited for this one
    }

    /** Who takes from it; any thread. */
    final List<Subscription> subscribers() {
        return List.of(subscribers);
    }

    /** Whether somebody takes from it; any thread. */
    final boolean taken() {
        return subscribers.length > 0;
    }

    /** Those that were put in behind it. */
    final TransferStages transfers() {
        return transfers;
    }

    @Override
    public final Optional<StageNode> between(Subscription subscription) {
        return transfers.between(subscription);
    }

    /** The track has its first format; on the producer's thread, which does not hold the track's lock. */
    final void announce(OutputTrack track) {
        synchronized (engine.topology()) {
            for (var subscriber : subscribers) {
                subscriber.offer(track);
            }
        }
    }

    @Override
    public final void announceTo(Subscription subscriber) {
        synchronized (engine.topology()) {
            for (var track : tracks()) {
                if (track.format() != null) {
                    subscriber.offer(track);
                }
            }
        }
    }

    /**
     * Whether it has to wait for a consumer whose type is not there yet, as that may take tracks and lose nothing of them; only
     * where the content does not come at its own pace. Any thread.
     */
    final boolean awaited() {
        for (var subscriber : subscribers) {
            if (!subscriber.decided()) {
                return !leaving && !live();
            }
        }
        return false;
    }

    /** Whether somebody who takes from it needs that now; any thread. */
    boolean needed() {
        for (var subscriber : subscribers) {
            if (subscriber.consumer().needs()) {
                return true;
            }
        }
        return false;
    }

    /** Since when nobody needs it, when nobody does. */
    final long idleSince(long now) {
        long since = Long.MIN_VALUE;
        for (var subscriber : subscribers) {
            since = Math.max(since, subscriber.consumer().activation().idleSince(now));
        }
        return since == Long.MIN_VALUE ? now : since;
    }

    @Override
    public final void request(Request request) {
        requests.offer(request);
        wakeProducer();
    }

    /** What was asked of it; taken on the producer's thread. */
    final Queue<Request> requests() {
        return requests;
    }

    @Override
    public final List<String> trackNames() {
        return tracks().stream()
                .filter(OutputTrack::announced)
                .map(OutputTrack::name)
                .toList();
    }

    abstract List<Input> inputs();

    /** The stage wants its {@code wake} called; any thread. */
    abstract void wakeStage();

    /** A sample goes out; on the producer's thread. */
    void emitted(Sample sample, TimeBase timeBase) {}

    /** Past all running times that were emitted. */
    long runningEnd() {
        return 0;
    }

    int nextEpoch() {
        return 0;
    }

    /**
     * Sets it to work; what is missing it waits for.
     *
     * @return what became of the first attempt to open its stage
     */
    abstract CompletableFuture<Condition> start();

    /** A type has turned up that this node may wait for; any thread. */
    abstract void typeAdded(StageTypeEntry entry);

    /** A type goes: its instance is drained and given back; completes when that is done. Any thread. */
    abstract CompletableFuture<Void> typeRemoved(StageTypeEntry entry);

    /** The graph is about to stop: what waits for a stage to come, or to come back, need not wait any more. Any thread. */
    void leave() {
        leaving = true;
        wakeProducer();
    }

    final boolean leaving() {
        return leaving;
    }

    /** Ends a source, or waits for a stage's inputs to end; completes when the instance has been given back. */
    abstract CompletableFuture<Void> finish();

    /** Closes at once, without draining; completes when the instance has been given back. */
    abstract CompletableFuture<Void> abort();

    /** Releases what is still queued for it, after all have concluded that will; completes when that is done. */
    abstract CompletableFuture<Void> dispose();
}
