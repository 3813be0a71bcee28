/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.LeakDetector;
import io.levada.api.media.Sample;
import io.levada.api.media.TimeBase;
import io.levada.api.pipeline.State;
import io.levada.api.stage.Input;
import io.levada.api.stage.Source;
import io.levada.api.stage.Stage;
import io.levada.api.stage.StageException;
import io.levada.api.stage.Work;
import io.levada.wiring.definition.StageDefinition;
import io.levada.wiring.schedule.Carrier;
import io.levada.wiring.schedule.Ticker;
import io.levada.wiring.type.StageTypeEntry;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * A node without inputs, on a thread of its own that lives as long as there is something to do or to wait for. What a live source
 * brings the same thread carries on through light stages; when one of them holds it up, another thread goes on with the source.
 */
final class SourceNode extends Node implements Ticker.Ticked {

    private static final long LONGEST_PARK_NANOS = 1_000_000_000L;

    /** What lies at least between two samples, in every time base of use. */
    private static final long LEAST_NANOS = 1_000_000L;

    private final SourceTracks tracks = new SourceTracks(this);
    private final CompletableFuture<Void> concluded = new CompletableFuture<>();
    private final CompletableFuture<Condition> openedOnce = new CompletableFuture<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Supervision supervision;
    /** Null until it starts. */
    private volatile Carrier thread;

    private volatile Opened opened;
    private volatile Opened next;
    private volatile boolean finishing;
    private volatile boolean released;
    private volatile boolean live = true;
    private volatile StageException verdict;
    private long runningEnd;
    private int lastEpoch = -1;

    /** An instance with all that is needed to end it from outside. */
    record Opened(StageTypeEntry entry, Source source, NodeContext context, CompletableFuture<Void> closed) {

        void stop() {
            context.stop();
            try {
                source.interrupt();
            } catch (Throwable e) { // whatever a source throws stays here
                LOG.warn("{} could not be interrupted: {}", context.id(), describe(e));
            }
        }
    }

    SourceNode(Engine engine, String pipeline, StageDefinition definition, Runnable changed) {
        super(engine, pipeline, definition, changed);
        this.supervision = new Supervision(this);
        this.runningEnd = engine.shared().begin(pipeline);
    }

    private void startThread() {
        var made = new Carrier(engine().pool(Work.LIGHT), "levada-" + id(), this::run, this::replaceThread);
        thread = made;
        made.start();
    }

    private void replaceThread() {
        LOG.info("{}: a stage that works on what it brings takes long; another thread goes on with the source", id());
        startThread();
    }

    /** Opens the stage; it produces nothing before {@link #release}. */
    @Override
    CompletableFuture<Condition> start() {
        startThread();
        engine().ticker().add(this);
        return openedOnce;
    }

    /** Those who take from it are there. */
    void release() {
        released = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        LeakDetector.enter(id());
        var carrier = (Carrier) Thread.currentThread();
        try {
            var begun = opened; // by a thread that was replaced
            if (begun != null && !life(begun.entry(), carrier)) {
                return;
            }
            while (!finishing && !concluded.isDone()) {
                if (asleep()) {
                    rest();
                    continue;
                }
                var providers = engine().types().providers(definition());
                if (providers.isEmpty()) {
                    waitForType();
                    openedOnce.complete(condition());
                    park(Long.MAX_VALUE);
                } else if (!life(providers.get(0), carrier)) {
                    return;
                }
            }
        } finally {
            if (!carrier.replaced()) {
                conclude();
            }
            LeakDetector.exit(null);
        }
    }

    private void conclude() {
        tracks.end();
        if (state() == State.RUNNING || state() == State.STARTING) {
            become(State.ENDED, "");
        }
        discard(next);
        concluded.complete(null);
        openedOnce.complete(condition());
        engine().ticker().remove(this);
    }

    /** One instance from open to close, or from where another thread left it; false when this thread shall make no other. */
    private boolean life(StageTypeEntry entry, Carrier carrier) {
        Throwable fault = null;
        try {
            produce(opened == null ? begin(entry) : opened, carrier);
        } catch (Throwable e) { // whatever a source throws stays here
            fault = e;
        }
        carrier.drop();
        if (carrier.replaced()) {
            return false;
        }
        var current = opened;
        boolean stopped = current != null && current.context().stopping();
        close(current);
        if (finishing || stopped) {
            return !finishing; // its type goes, and may come back; or another instance takes its place
        }
        return fault != null && failed(fault);
    }

    /** The instance that was prepared, or a new one. */
    private Opened begin(StageTypeEntry entry) throws Exception {
        supervision.started();
        var prepared = next;
        next = null;
        var current = prepared == null ? take(entry, definition()) : prepared;
        opened = current;
        implementation(current.entry());
        figures().gauges(current.context().gauges());
        // who ended the node or took the type away did not see this instance if it was before that
        if (finishing || asleep() || !engine().types().providers(definition()).contains(current.entry())) {
            current.stop();
        }
        if (prepared == null) {
            current.source().open(current.context());
        } else {
            current.context().begin();
            tracks.takeOver();
        }
        live = current.source().live();
        steering().resume(current.source());
        openedOnce.complete(condition());
        return current;
    }

    private Opened take(StageTypeEntry entry, StageDefinition definition) throws StageException {
        var context = context(entry, definition);
        var source = (Source) engine().types().take(entry);
        return new Opened(entry, source, context, new CompletableFuture<>());
    }

    // Changes while it runs.

    /** The instance takes other parameters, if it can do so while it works; completes with whether it did. */
    CompletableFuture<Boolean> reconfigure(StageDefinition fresh) {
        return ask(() -> {
            var current = opened;
            boolean taken = current != null && current.context().reconfigure(current.source(), fresh);
            if (taken) {
                define(fresh);
            }
            return taken;
        });
    }

    @Override
    Optional<Stage> stage() {
        return Optional.ofNullable(opened).map(Opened::source);
    }

    @Override
    <T> CompletableFuture<T> ask(Callable<T> question) {
        var answer = new CompletableFuture<T>();
        tasks.add(() -> {
            if (answer.isDone()) {
                return; // who asked has given up
            }
            try {
                answer.complete(question.call());
            } catch (Throwable e) { // whatever a source throws goes to who asked
                answer.completeExceptionally(e);
            }
        });
        LockSupport.unpark(thread);
        return answer;
    }

    @Override
    void fail(StageException fault) {
        verdict = fault;
        LockSupport.unpark(thread);
    }

    /** Opens an instance for a definition that the node does not go by yet; nobody when there is no provider. Any thread. */
    Optional<Opened> prepare(StageDefinition fresh) throws Exception {
        var providers = engine().types().providers(fresh);
        if (providers.isEmpty()) {
            return Optional.empty();
        }
        var made = take(providers.get(0), fresh);
        try {
            made.source().open(made.context());
            return Optional.of(made);
        } catch (Throwable e) { // whatever a stage throws stays here
            discard(made);
            throw e;
        }
    }

    /** Ends the instance at work and goes on with the one that was prepared. */
    void exchange(Optional<Opened> made, StageDefinition fresh) {
        define(fresh);
        next = made.orElse(null);
        var current = opened;
        if (current != null) {
            current.stop();
        }
        LockSupport.unpark(thread);
        if (concluded.isDone()) { // in between, and nobody takes it over any more
            discard(next);
        }
    }

    /** Closes an instance that is not at work and gives it back; does nothing when there is none. */
    void discard(Opened gone) {
        if (gone == null) {
            return;
        }
        gone.context().stop();
        try {
            gone.source().close();
        } catch (Throwable e) { // whatever a stage throws stays here
            figures().warn(id(), "while it closed: " + describe(e));
        }
        engine().types().giveBack(gone.entry(), gone.source());
        gone.closed().complete(null);
    }

    // The work, on its thread.

    /** Until there is nothing more, or it is stopped. */
    private void produce(Opened current, Carrier carrier) throws Exception {
        boolean more = true;
        while (more && !current.context().stopping()) {
            runTasks();
            if (verdict != null) {
                var fault = verdict;
                verdict = null;
                throw fault;
            }
            if (!released || !tracks.hasRoom()) {
                LockSupport.parkNanos(this, LONGEST_PARK_NANOS); // the consumer unparks us
                continue;
            }
            for (var request = requests().poll();
                    request != null;
                    request = requests().poll()) {
                current.source().request(request);
            }
            more = produceOnce(current, carrier);
            tracks.endMissing();
            var waiting = current.context().waiting();
            if (!waiting.isEmpty()) {
                become(State.WAITING, waiting);
            } else if (!running() && !tracks.isEmpty()) {
                become(State.RUNNING, "");
            }
            if (more && !carrier.runTaken()) {
                return;
            }
        }
    }

    private boolean produceOnce(Opened current, Carrier carrier) throws Exception {
        if (live) {
            carrier.carry();
        }
        long started = System.nanoTime();
        try {
            return current.source().produce(tracks);
        } finally {
            figures().busyNanos.add(System.nanoTime() - started);
        }
    }

    private void runTasks() {
        for (var task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private void close(Opened closing) {
        if (closing == null) {
            return;
        }
        opened = null;
        figures().gauges(Map.of());
        implementation(null);
        discard(closing);
    }

    /** Waits until it is time for another attempt; false when there shall be none. */
    private boolean failed(Throwable fault) {
        long wait = supervision.failed(fault);
        openedOnce.complete(condition());
        if (wait == Supervision.GIVEN_UP) {
            return false;
        }
        park(wait);
        return true;
    }

    private void park(long nanos) {
        long until = nanos == Long.MAX_VALUE ? nanos : System.nanoTime() + nanos;
        while (!finishing && next == null && !asleep() && System.nanoTime() < until) {
            runTasks();
            if (nanos == Long.MAX_VALUE
                    && !engine().types().providers(definition()).isEmpty()) {
                return;
            }
            LockSupport.parkNanos(this, Math.min(LONGEST_PARK_NANOS, until - System.nanoTime()));
        }
    }

    /** Until somebody needs it, or another instance is to be seen at work. */
    private void rest() {
        tracks.rest();
        become(State.RUNNING, Activation.ASLEEP);
        openedOnce.complete(condition());
        while (!finishing && asleep() && next == null) {
            runTasks();
            LockSupport.parkNanos(this, LONGEST_PARK_NANOS);
        }
        become(State.RUNNING, "");
    }

    @Override
    public boolean tick(long now) {
        if (activation().tick(now)) {
            var current = opened;
            if (current != null && asleep()) {
                current.stop();
            }
            LockSupport.unpark(thread);
        }
        return activation().onDemand();
    }

    @Override
    void emitted(Sample sample, TimeBase timeBase) {
        figures().in.increment();
        long duration = Math.max(LEAST_NANOS, timeBase.toNanos(Math.max(0, sample.duration())));
        runningEnd = Math.max(runningEnd, sample.stamp().runningTime() + duration);
        lastEpoch = Math.max(lastEpoch, sample.stamp().epoch());
    }

    @Override
    long runningEnd() {
        return runningEnd;
    }

    @Override
    int nextEpoch() {
        return lastEpoch + 1;
    }

    @Override
    public boolean live() {
        return live;
    }

    @Override
    public Collection<OutputTrack> tracks() {
        return tracks.all();
    }

    @Override
    List<Input> inputs() {
        return List.of();
    }

    @Override
    void wakeStage() {
        LockSupport.unpark(thread);
    }

    @Override
    public void wakeProducer() {
        LockSupport.unpark(thread);
    }

    @Override
    void typeAdded(StageTypeEntry entry) {
        LockSupport.unpark(thread);
    }

    @Override
    CompletableFuture<Void> typeRemoved(StageTypeEntry entry) {
        var current = opened;
        if (current == null || current.entry() != entry) {
            return CompletableFuture.completedFuture(null);
        }
        current.stop();
        LockSupport.unpark(thread);
        return current.closed();
    }

    @Override
    CompletableFuture<Void> finish() {
        finishing = true;
        var current = opened;
        if (current != null) {
            current.stop();
        }
        if (thread == null) {
            concluded.complete(null);
        }
        LockSupport.unpark(thread);
        return concluded;
    }

    @Override
    public boolean done() {
        return concluded.isDone();
    }

    @Override
    CompletableFuture<Void> abort() {
        return finish();
    }

    /** Nothing is queued for it. */
    @Override
    CompletableFuture<Void> dispose() {
        return CompletableFuture.completedFuture(null);
    }
}
