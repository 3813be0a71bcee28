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
import io.levada.api.stage.Stage;
import io.levada.api.stage.StageException;
import io.levada.wiring.definition.StageDefinition;
import io.levada.wiring.schedule.Carrier;
import io.levada.wiring.schedule.Ticker;
import io.levada.wiring.type.StageTypeEntry;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
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
    private final Supervision supervision;
    private final SourceThread thread;

    private volatile SourceInstance opened;
    /** Was prepared to take the place of the one at work; null when there is none. */
    private final AtomicReference<SourceInstance> next = new AtomicReference<>();

    private volatile boolean finishing;
    private volatile boolean released;
    private volatile boolean live = true;
    private volatile StageException verdict;
    private long runningEnd;
    private int lastEpoch = -1;

    SourceNode(Engine engine, String pipeline, StageDefinition definition, Runnable changed) {
        this(engine, pipeline, definition, changed, Carrier::new);
    }

    /** @param maker of its threads */
    SourceNode(Engine engine, String pipeline, StageDefinition definition, Runnable changed, SourceThread.Maker maker) {
        super(engine, pipeline, definition, changed);
        this.supervision = new Supervision(this);
        this.thread = new SourceThread(this, this::work, maker);
        this.runningEnd = engine.shared().begin(pipeline);
    }

    /** Opens the stage; it produces nothing before {@link #release}. */
    @Override
    CompletableFuture<Condition> start() {
        begin();
        engine().ticker().add(this);
        return openedOnce;
    }

    private void begin() {
        if (!thread.begin()) {
            openedOnce.complete(condition());
        }
    }

    /** Those who take from it are there. */
    void release() {
        released = true;
        thread.wake();
    }

    private void work(Carrier carrier) {
        LeakDetector.enter(id());
        try {
            if (opened == null || goOn(opened, carrier)) {
                live(carrier);
            }
        } finally {
            if (!carrier.replaced()) {
                conclude();
            }
            LeakDetector.exit(null);
        }
    }

    /** With what a thread began that was replaced. */
    private boolean goOn(SourceInstance begun, Carrier carrier) {
        LOG.info("{}: a stage that works on what it brings takes long; another thread goes on with the source", id());
        return life(() -> begun, carrier);
    }

    /** One instance after the other. */
    private void live(Carrier carrier) {
        boolean another = true;
        while (another && !finishing && !concluded.isDone()) {
            var prepared = next.getAndSet(null);
            if (prepared != null) {
                another = life(() -> takeOver(prepared), carrier);
            } else if (asleep()) {
                rest();
            } else {
                another = provided(carrier);
            }
        }
    }

    private boolean provided(Carrier carrier) {
        var providers = engine().types().providers(definition());
        if (!providers.isEmpty()) {
            return life(() -> open(providers.get(0)), carrier);
        }
        waitForType();
        openedOnce.complete(condition());
        park(Long.MAX_VALUE);
        return true;
    }

    private void conclude() {
        tracks.end();
        if (state() == State.RUNNING || state() == State.STARTING) {
            become(State.ENDED, "");
        }
        concluded.complete(null);
        forgetNext();
        openedOnce.complete(condition());
        engine().ticker().remove(this);
    }

    private interface Beginning {
        SourceInstance begin() throws Exception;
    }

    /** One instance to its end, or to where another thread goes on with it; false when this thread shall make no other. */
    private boolean life(Beginning beginning, Carrier carrier) {
        Throwable fault = null;
        try {
            produce(beginning.begin(), carrier);
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

    private SourceInstance open(StageTypeEntry entry) throws Exception {
        supervision.started();
        var fresh = SourceInstance.take(this, entry, definition());
        install(fresh);
        fresh.source().open(fresh.context());
        return begun(fresh);
    }

    /** One that was prepared. */
    private SourceInstance takeOver(SourceInstance prepared) {
        install(prepared);
        supervision.started();
        prepared.context().begin();
        tracks.takeOver();
        return begun(prepared);
    }

    private void install(SourceInstance current) {
        opened = current;
        implementation(current.entry());
        figures().gauges(current.context().gauges());
        // who ended the node or took the type away did not see this instance if it was before that
        if (finishing || asleep() || !engine().types().providers(definition()).contains(current.entry())) {
            current.stop();
        }
    }

    private SourceInstance begun(SourceInstance current) {
        live = current.source().live();
        steering().resume(current.source());
        openedOnce.complete(condition());
        return current;
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
        return Optional.ofNullable(opened).map(SourceInstance::source);
    }

    @Override
    void fail(StageException fault) {
        verdict = fault;
        thread.wake();
    }

    /** Opens an instance for a definition that the node does not go by yet; nobody when there is no provider. Any thread. */
    Optional<SourceInstance> prepare(StageDefinition fresh) throws Exception {
        var providers = engine().types().providers(fresh);
        if (providers.isEmpty()) {
            return Optional.empty();
        }
        var made = SourceInstance.take(this, providers.get(0), fresh);
        try {
            made.source().open(made.context());
            return Optional.of(made);
        } catch (Throwable e) { // whatever a stage throws stays here
            made.close();
            throw e;
        }
    }

    /** Ends the instance at work and goes on with the one that was prepared. */
    void exchange(Optional<SourceInstance> made, StageDefinition fresh) {
        define(fresh);
        forgetNext();
        next.set(made.orElse(null));
        var current = opened;
        if (current != null) {
            current.stop();
        }
        thread.wake();
        if (concluded.isDone()) { // in between, and nobody takes it over any more
            forgetNext();
        }
    }

    private void forgetNext() {
        Optional.ofNullable(next.getAndSet(null)).ifPresent(SourceInstance::close);
    }

    // The work, on its thread.

    /** Until there is nothing more, or it is stopped. */
    private void produce(SourceInstance current, Carrier carrier) throws Exception {
        boolean more = true;
        while (more && !current.context().stopping()) {
            tasks().run();
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

    private boolean produceOnce(SourceInstance current, Carrier carrier) throws Exception {
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

    private void close(SourceInstance closing) {
        if (closing == null) {
            return;
        }
        opened = null;
        figures().gauges(Map.of());
        implementation(null);
        closing.close();
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
        while (!finishing && next.get() == null && !asleep() && System.nanoTime() < until) {
            tasks().run();
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
        while (!finishing && asleep() && next.get() == null) {
            tasks().run();
            LockSupport.parkNanos(this, LONGEST_PARK_NANOS);
        }
        become(State.RUNNING, "");
    }

    @Override
    public boolean tick(long now) {
        if (thread.due(now) && !finishing) {
            begin();
        }
        if (activation().tick(now)) {
            var current = opened;
            if (current != null && asleep()) {
                current.stop();
            }
            thread.wake();
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
        thread.wake();
    }

    @Override
    public void wakeProducer() {
        thread.wake();
    }

    @Override
    void typeAdded(StageTypeEntry entry) {
        thread.wake();
    }

    @Override
    CompletableFuture<Void> typeRemoved(StageTypeEntry entry) {
        var prepared = next.get();
        if (prepared != null && prepared.entry() == entry && next.compareAndSet(prepared, null)) {
            prepared.close();
        }
        var current = opened;
        if (current == null || current.entry() != entry) {
            return CompletableFuture.completedFuture(null);
        }
        current.stop();
        thread.wake();
        return current.closed();
    }

    @Override
    CompletableFuture<Void> finish() {
        finishing = true;
        var current = opened;
        if (current != null) {
            current.stop();
        }
        if (thread.absent()) {
            conclude();
        }
        thread.wake();
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
