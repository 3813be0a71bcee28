/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.End;
import io.levada.api.media.EventFormat;
import io.levada.api.media.Flush;
import io.levada.api.media.Format;
import io.levada.api.media.Gap;
import io.levada.api.media.LeakDetector;
import io.levada.api.media.MediaKind;
import io.levada.api.media.Sample;
import io.levada.api.pipeline.State;
import io.levada.api.stage.Input;
import io.levada.api.stage.Request;
import io.levada.api.stage.StageException;
import io.levada.api.stage.Work;
import io.levada.wiring.definition.StageDefinition;
import io.levada.wiring.schedule.Actor;
import io.levada.wiring.schedule.Ticker;
import io.levada.wiring.type.Port;
import io.levada.wiring.type.StageTypeEntry;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A node with inputs: transform, analyzer or sink. Everything it does it does in turns, which a pool runs one at a time; what
 * others want of it they put into its queue of tasks.
 */
final class StageNode extends Node implements Ticker.Ticked {

    private static final int TURN_SAMPLES = 16;
    private static final long TURN_NANOS = 2_000_000;

    private final OutputTrack output = new OutputTrack(this, "");
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Void> concluded = new CompletableFuture<>();
    private final Occupant occupant = new Occupant(this, output, this::suit);
    private final Ports ports;
    private final Intake intake;
    private final Supervision supervision;
    private final Turn turn;

    private volatile long restartAt = Join.NEVER;
    private volatile boolean stageWoken;
    private volatile boolean hanging;

    /**
     * @param others the nodes it may take from
     * @param restart the pipeline's supervision policy
     * @param priority the pipeline's priority
     */
    StageNode(
            Engine engine,
            String pipeline,
            StageDefinition definition,
            Map<String, Node> others,
            String restart,
            String priority,
            Runnable changed) {
        super(engine, pipeline, definition, changed);
        this.supervision = new Supervision(this, definition.setting("restart", restart));
        this.turn = new Turn(definition.setting("priority", priority));
        this.ports = new Ports(definition, engine.types());
        this.intake = new Intake(definition, ports);
        ports.subscribe(this, others);
    }

    // What others ask of it, on any thread.

    Ports ports() {
        return ports;
    }

    void wakeTurn() {
        turn.wake();
    }

    private void post(Runnable task) {
        tasks.add(task);
        turn.wake();
    }

    @Override
    public boolean live() {
        return ports.live();
    }

    @Override
    Collection<OutputTrack> tracks() {
        return List.of(output);
    }

    @Override
    List<Input> inputs() {
        return ports.inputs();
    }

    @Override
    void wakeProducer() {
        turn.wake();
    }

    /** A track was named that can't go in here. */
    void misfit(String message) {
        post(() -> fault(StageException.invalid(message).parameter("from")));
    }

    @Override
    void wakeStage() {
        stageWoken = true;
        turn.wake();
    }

    @Override
    void start() {
        engine().ticker().add(this);
        post(this::open);
    }

    @Override
    void typeAdded(StageTypeEntry entry) {
        var type = definition().type();
        if (entry.name().equals(type) || entry.role().equals(type)) {
            post(() -> {
                if (!occupant.present() && mayHelp(state())) {
                    reopen();
                }
            });
            ports.offerAgain();
        }
    }

    /** Whether a type that turns up may change something. */
    private static boolean mayHelp(State state) {
        return state == State.WAITING || state == State.FAILED || state == State.INVALID;
    }

    @Override
    CompletableFuture<Void> typeRemoved(StageTypeEntry entry) {
        var done = new CompletableFuture<Void>();
        post(() -> {
            if (occupant.present() && occupant.instance().entry() == entry) {
                occupant.drain();
                occupant.close();
                done.complete(null);
                reopen();
            }
            done.complete(null);
        });
        return done;
    }

    @Override
    CompletableFuture<Void> finish() {
        post(intake::finish);
        return concluded;
    }

    @Override
    CompletableFuture<Void> abort() {
        post(() -> {
            occupant.close();
            ports.discard();
            concluded.complete(null);
        });
        return concluded;
    }

    @Override
    boolean done() {
        return concluded.isDone();
    }

    /** What still comes later, from a stage that hung, is released as it comes. */
    @Override
    CompletableFuture<Void> dispose() {
        engine().ticker().remove(this);
        var done = new CompletableFuture<Void>();
        post(() -> {
            ports.discard();
            done.complete(null);
        });
        return done;
    }

    @Override
    public void tick(long now) {
        if (now >= intake.deadline()) {
            turn.wake();
        }
        if (now >= restartAt) {
            restartAt = Join.NEVER;
            post(this::reopen);
        }
    }

    // The life of the instance, in turns.

    private void open() {
        if (concluded.isDone() || occupant.present()) {
            return;
        }
        var type = definition().type();
        var providers = engine().types().providers(type);
        if (providers.isEmpty()) {
            waitForType();
            return;
        }
        ports.decide();
        if (!providers.get(0).name().equals(type)) {
            become(State.STARTING, ""); // a role is filled when the format is known
            return;
        }
        try {
            supervision.started();
            occupant.open(providers.get(0));
            become(State.RUNNING, "");
        } catch (Exception | LinkageError e) {
            fault(e);
        }
    }

    /** Opens anew and tells the instance the formats that the links had told the one before. */
    private void reopen() {
        open();
        for (var port : ports.all()) {
            if (port.current() != null && able()) {
                try {
                    tell(port, port.current());
                } catch (Exception | LinkageError e) {
                    fault(e);
                }
            }
        }
        if (occupant.present() && ports.anyAndAllEnded() && ports.over()) {
            conclude(); // the content ended while nobody was there
        }
    }

    /** A type is about to be opened: its kind of work and of inputs decide how the node goes about it. */
    private void suit(StageTypeEntry entry) {
        turn.move(entry.work());
        intake.suit(entry);
    }

    /** Whether samples can be handled: an instance is there, or a role that the first format fills. */
    private boolean able() {
        return occupant.present() || state() == State.STARTING;
    }

    /** The stage failed: only it and what hangs on it stops. */
    private void fault(Throwable fault) {
        occupant.failed();
        long wait = supervision.failed(fault);
        if (wait != Supervision.GIVEN_UP) {
            restartAt = System.nanoTime() + wait;
        }
    }

    private void conclude() {
        if (!concluded.isDone()) {
            occupant.drain();
            output.end();
            occupant.close();
            ports.discard();
            if (state() == State.RUNNING || state() == State.STARTING) {
                become(State.ENDED, "");
            }
            concluded.complete(null);
        }
    }

    // The work, in turns.

    private final class Turn extends Actor {

        Turn(String priority) {
            super(
                    engine().heavy(), // until the type has said how it works: opening may take long
                    switch (priority) {
                        case "high" -> 0;
                        case "low" -> 2;
                        default -> 1;
                    });
        }

        void move(Work work) {
            moveTo(engine().pool(work));
        }

        @Override
        protected void hangs(long nanos) {
            hanging = true;
            become(State.FAILED, "hangs in a call since " + nanos / 1_000_000_000 + " s; it can't be stopped");
        }

        @Override
        protected boolean turn() {
            var before = LeakDetector.enter(id());
            long started = System.nanoTime();
            try {
                return work(started);
            } catch (Throwable e) { // whatever a stage throws stays here
                fault(e);
                return true;
            } finally {
                cameBack();
                figures().busyNanos.add(System.nanoTime() - started);
                LeakDetector.exit(before);
            }
        }

        private void cameBack() {
            if (hanging) {
                hanging = false;
                if (occupant.present()) { // else it failed at last, and its state says so
                    become(State.RUNNING, "");
                }
            }
        }
    }

    private boolean work(long started) throws Exception {
        for (var task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        if (concluded.isDone()) {
            ports.discard();
            return false;
        }
        for (var request = requests().poll();
                request != null;
                request = requests().poll()) {
            answer(request);
        }
        if (!able()) {
            return absent();
        }
        if (stageWoken && occupant.present()) {
            stageWoken = false;
            occupant.instance().wake();
        }
        long now = started;
        for (int i = 0; i < TURN_SAMPLES && now - started < TURN_NANOS; i++) {
            if (!output.hasRoom()) {
                return false; // the consumer wakes us
            }
            var port = next();
            if (port == null) {
                return false;
            }
            handle(port, now);
            if (concluded.isDone() || !able()) {
                return true;
            }
            now = System.nanoTime();
        }
        return true;
    }

    /** By the stage, or by those upstream. */
    private void answer(Request request) throws Exception {
        if (!occupant.present() || !occupant.instance().stage().request(request)) {
            for (var port : ports.all()) {
                port.request(request);
            }
        }
    }

    private InputPort next() {
        long covered = intake.covered();
        var port = intake.next();
        if (port != null) {
            return port;
        }
        if (covered != Long.MIN_VALUE && output.format() instanceof EventFormat) {
            output.watermark(covered); // a stage between an analyzer and a join
        }
        if (intake.finishing()) {
            conclude(); // nothing is left
        }
        return null;
    }

    private void handle(InputPort port, long now) throws Exception {
        var item = port.take();
        if (item instanceof Sample sample) {
            handle(port, sample, now);
        } else if (item instanceof Format format) {
            changed(port, format);
        } else if (item instanceof End) {
            port.end();
            if (ports.over()) {
                conclude();
            }
        } else if (item instanceof Gap gap && occupant.present()) {
            port.gap(gap);
            occupant.instance().gap(port, gap);
        } else if (item instanceof Flush flush && occupant.present()) {
            occupant.instance().flush(flush.epoch());
        }
    }

    private void changed(InputPort port, Format format) throws Exception {
        if (port.current() != null && ports.all().size() == 1) {
            occupant.drainBefore(port.current(), format);
        }
        port.format(format);
        tell(port, format);
    }

    private void handle(InputPort port, Sample sample, long now) throws Exception {
        try {
            figures().in.increment();
            if (port.kind() == MediaKind.VIDEO) {
                figures().pictures.increment();
            }
            if (!sample.preroll()) {
                figures().latency.record(now - sample.stamp().captured());
            }
            occupant.instance().process(port, sample);
        } finally {
            sample.release();
        }
    }

    /** Nobody is there to work: live content passes by, other content waits for who comes back. */
    private boolean absent() {
        boolean mayComeBack = state() == State.RETRYING || state() == State.WAITING;
        if (intake.finishing() || leaving() || live() || !mayComeBack) {
            ports.discard();
        }
        if (intake.finishing() || (state() != State.RETRYING && ports.anyAndAllEnded())) {
            output.end();
            concluded.complete(null);
        }
        return false;
    }

    private void tell(InputPort port, Format format) throws Exception {
        if (!ports.accepts(port.reference(), Port.of(format))) {
            throw StageException.invalid(port.name() + " carries " + Port.of(format) + ", "
                            + definition().type() + " takes " + ports.accepted(port.reference()))
                    .parameter("from");
        }
        if (!occupant.present()) {
            supervision.started();
        }
        var chosen = occupant.format(port, format);
        if (!chosen.isEmpty()) {
            become(State.RUNNING, chosen);
        }
    }
}
