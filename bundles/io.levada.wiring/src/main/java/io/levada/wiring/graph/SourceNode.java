/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.LeakDetector;
import io.levada.api.media.Sample;
import io.levada.api.pipeline.State;
import io.levada.api.stage.Input;
import io.levada.api.stage.Outputs;
import io.levada.api.stage.Source;
import io.levada.api.stage.StageException;
import io.levada.wiring.definition.StageDefinition;
import io.levada.wiring.type.DefinitionCheck;
import io.levada.wiring.type.StageTypeEntry;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.LockSupport;

/** A node without inputs, on a thread of its own that lives as long as there is something to do or to wait for. */
final class SourceNode extends Node implements Outputs {

    private static final long LONGEST_PARK_NANOS = 1_000_000_000L;

    private static final OutputTrack[] NONE = {};

    private final Map<String, OutputTrack> tracks = new ConcurrentSkipListMap<>();
    /** The same, to go through without an iterator. */
    private OutputTrack[] all = NONE;

    private final CompletableFuture<Void> concluded = new CompletableFuture<>();
    private final Supervision supervision;
    private final Thread thread;

    private volatile Opened opened;
    private volatile boolean finishing;
    private volatile boolean live = true;
    private long runningEnd;
    private int lastEpoch = -1;

    /** An instance with all that is needed to end it from outside. */
    private record Opened(StageTypeEntry entry, Source source, NodeContext context, CompletableFuture<Void> closed) {

        void stop() {
            context.stop();
            try {
                source.interrupt();
            } catch (RuntimeException | LinkageError e) {
                LOG.warn("{} could not be interrupted", context.id(), e);
            }
        }
    }

    SourceNode(Engine engine, String pipeline, StageDefinition definition, String restart, Runnable changed) {
        super(engine, pipeline, definition, changed);
        this.supervision = new Supervision(this, definition.setting("restart", restart));
        this.thread = new Thread(this::run, "levada-" + id());
        thread.setDaemon(true);
    }

    @Override
    void start() {
        thread.start();
    }

    private void run() {
        LeakDetector.enter(id());
        try {
            while (!finishing && !concluded.isDone()) {
                var providers = engine().types().providers(definition().type());
                if (providers.isEmpty()) {
                    waitForType();
                    park(Long.MAX_VALUE);
                } else if (!life(providers.get(0))) {
                    return;
                }
            }
        } finally {
            tracks.values().forEach(OutputTrack::end);
            if (state() == State.RUNNING || state() == State.STARTING) {
                become(State.ENDED, "");
            }
            concluded.complete(null);
            LeakDetector.exit(null);
        }
    }

    /** One instance from open to close; false when there shall be no other. */
    private boolean life(StageTypeEntry entry) {
        Throwable fault = null;
        supervision.started();
        Opened current = null;
        try {
            var findings = DefinitionCheck.late(definition(), entry);
            if (!findings.isEmpty()) { // the type was not there yet when the definition was checked
                var first = findings.get(0);
                throw StageException.invalid(first.message()).parameter(first.parameter());
            }
            current = take(entry);
            current.source().open(current.context());
            live = current.source().live();
            produce(current);
        } catch (Throwable e) { // whatever a source throws stays here
            fault = e;
        }
        boolean stopped = current != null && current.context().stopping();
        close(current);
        if (finishing || stopped) {
            return !finishing; // its type goes, and may come back
        }
        return fault != null && failed(fault);
    }

    private Opened take(StageTypeEntry entry) {
        var context = new NodeContext(this, engine().defaults().apply(entry.pid()));
        var source = (Source) engine().types().take(entry);
        var taken = new Opened(entry, source, context, new CompletableFuture<>());
        opened = taken;
        implementation(entry);
        // who ended the node or took the type away did not see this instance if it was before that
        if (finishing || !engine().types().providers(definition().type()).contains(entry)) {
            taken.stop();
        }
        return taken;
    }

    /** Until there is nothing more, or it is stopped. */
    private void produce(Opened current) throws Exception {
        boolean more = true;
        while (more && !current.context().stopping()) {
            if (!hasRoom()) {
                LockSupport.parkNanos(this, LONGEST_PARK_NANOS); // the consumer unparks us
                continue;
            }
            for (var request = requests().poll();
                    request != null;
                    request = requests().poll()) {
                current.source().request(request);
            }
            long started = System.nanoTime();
            more = current.source().produce(this);
            figures().busyNanos.add(System.nanoTime() - started);
            if (!running() && all.length > 0) {
                become(State.RUNNING, "");
            }
        }
    }

    private boolean hasRoom() {
        boolean room = true;
        for (var track : all) {
            room &= track.hasRoom();
        }
        return room;
    }

    private void close(Opened closing) {
        if (closing == null) {
            return;
        }
        opened = null;
        closing.context().stop();
        figures().clearGauges();
        try {
            closing.source().close();
        } catch (Exception | LinkageError e) {
            figures().warn(id(), "while it closed: " + describe(e));
        }
        implementation(null);
        engine().types().giveBack(closing.entry(), closing.source());
        closing.closed().complete(null);
    }

    /** Waits until it is time for another attempt; false when there shall be none. */
    private boolean failed(Throwable fault) {
        long wait = supervision.failed(fault);
        if (wait == Supervision.GIVEN_UP) {
            return false;
        }
        park(wait);
        return true;
    }

    private void park(long nanos) {
        long until = nanos == Long.MAX_VALUE ? nanos : System.nanoTime() + nanos;
        while (!finishing && System.nanoTime() < until) {
            if (nanos == Long.MAX_VALUE
                    && !engine().types().providers(definition().type()).isEmpty()) {
                return;
            }
            LockSupport.parkNanos(this, Math.min(LONGEST_PARK_NANOS, until - System.nanoTime()));
        }
    }

    @Override
    public OutputTrack track(String name) {
        var known = tracks.get(name);
        return known != null ? known : add(name);
    }

    private OutputTrack add(String name) {
        var track = new OutputTrack(this, name);
        tracks.put(name, track);
        all = tracks.values().toArray(NONE);
        return track;
    }

    @Override
    void emitted(Sample sample) {
        figures().in.increment();
        runningEnd = Math.max(runningEnd, sample.stamp().runningTime() + 1);
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
    Collection<OutputTrack> tracks() {
        return tracks.values();
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
    void wakeProducer() {
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
        if (thread.getState() == Thread.State.NEW) {
            concluded.complete(null);
        }
        LockSupport.unpark(thread);
        return concluded;
    }

    @Override
    boolean done() {
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
