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
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
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
    private final CompletableFuture<Condition> opened = new CompletableFuture<>();
    private final Occupant occupant = new Occupant(this, output, this::suit);
    private final Ports ports;
    private final Intake intake;
    private final Supervision supervision;
    private final Turn turn;

    private volatile long restartAt = Join.NEVER;
    private volatile boolean stageWoken;
    private volatile boolean hanging;
    private boolean suspended;

    /** @param others the nodes it may take from, which it does once its {@link #ports} are attached */
    StageNode(Engine engine, String pipeline, StageDefinition definition, Map<String, Node> others, Runnable changed) {
        super(engine, pipeline, definition, changed);
        this.supervision = new Supervision(this);
        this.turn = new Turn();
        this.ports = new Ports(this, others);
        this.intake = new Intake(this, ports);
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
    CompletableFuture<Condition> start() {
        engine().ticker().add(this);
        post(() -> {
            open();
            opened.complete(condition());
        });
        return opened;
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
            if (occupant.uses(entry)) {
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
        post(() -> {
            suspended = false;
            intake.finish();
        });
        return concluded;
    }

    @Override
    CompletableFuture<Void> abort() {
        post(() -> {
            occupant.settle();
            occupant.close();
            ports.discard();
            output.end();
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

    // Changes while it runs.

    @Override
    void define(StageDefinition fresh) {
        super.define(fresh);
        turn.level(priority());
    }

    /** Other settings of the platform's: how inputs are joined, what happens after a failure. */
    void adjust(StageDefinition fresh) {
        define(fresh);
        post(() -> {
            if (occupant.present()) {
                suit(occupant.instance().entry());
            }
        });
    }

    /** Whether a call of the stage does not come back. Any thread. */
    boolean hanging() {
        return hanging;
    }

    /** The instance takes other parameters, if it can do so while it works; completes with whether it did. */
    CompletableFuture<Boolean> reconfigure(StageDefinition fresh) {
        return ask(() -> {
            boolean taken = occupant.present() && occupant.reconfigure(fresh);
            if (taken) {
                define(fresh);
            }
            return taken;
        });
    }

    /** Opens an instance of the best provider for a definition that the node does not go by yet. Any thread. */
    Optional<StageInstance> prepare(StageDefinition fresh) throws Exception {
        var providers = engine().types().providers(fresh.type());
        if (providers.isEmpty() || !providers.get(0).name().equals(fresh.type())) {
            return Optional.empty(); // nobody yet, or a role
        }
        return Optional.of(occupant.make(providers.get(0), fresh));
    }

    /**
     * Puts another instance to work between two samples. The one before is kept, so that {@link #restore} can bring it back,
     * until {@link #settle}. When the new one refuses what comes, all is as before.
     */
    CompletableFuture<Boolean> exchange(Optional<StageInstance> made, StageDefinition fresh) {
        return ask(() -> {
            var before = definition();
            define(fresh);
            occupant.exchange(made);
            try {
                takeUp();
                return true;
            } catch (Exception | LinkageError e) {
                comeBack(before);
                throw e;
            }
        });
    }

    /** Undoes what {@link #reconfigure} or {@link #exchange} did. */
    CompletableFuture<Boolean> restore(StageDefinition before) {
        return ask(() -> {
            if (occupant.onTrial()) {
                occupant.drain();
                comeBack(before);
                return true;
            }
            define(before);
            return occupant.present() && occupant.reconfigure(before);
        });
    }

    private void comeBack(StageDefinition before) {
        define(before);
        occupant.restore();
        try {
            takeUp();
        } catch (Exception | LinkageError e) {
            fault(e);
        }
    }

    /** Closes an instance of {@link #prepare} that is not wanted. */
    void discard(StageInstance made) {
        occupant.discard(made);
    }

    /** The instance that was there before {@link #exchange} is not needed any more. */
    void settle() {
        post(occupant::settle);
    }

    /** Closes the instance, after it has brought out what it holds; what comes waits until {@link #resume}. */
    CompletableFuture<Boolean> suspend() {
        return ask(() -> {
            suspended = true;
            occupant.drain();
            occupant.close();
            return true;
        });
    }

    void resume() {
        post(() -> {
            suspended = false;
            reopen();
        });
    }

    /** Another attempt to open what could not be opened. */
    CompletableFuture<Condition> openAgain() {
        return ask(() -> {
            reopen();
            return condition();
        });
    }

    private <T> CompletableFuture<T> ask(Callable<T> question) {
        var answer = new CompletableFuture<T>();
        post(() -> {
            if (answer.isDone()) {
                return; // who asked has given up
            }
            try {
                answer.complete(question.call());
            } catch (Throwable e) { // whatever a stage throws goes to who asked
                answer.completeExceptionally(e);
            }
        });
        return answer;
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
        try {
            tellAll();
        } catch (Exception | LinkageError e) {
            fault(e);
        }
        if (occupant.present() && ports.anyAndAllEnded() && ports.over()) {
            conclude(); // the content ended while nobody was there
        }
    }

    private void tellAll() throws Exception {
        for (var port : ports.all()) {
            if (port.current() != null && able()) {
                tell(port, port.current());
            }
        }
    }

    /** Another instance is there, or a role to be filled: it is told what flows. */
    private void takeUp() throws Exception {
        restartAt = Join.NEVER;
        if (occupant.present()) {
            ports.decide();
            supervision.started();
            become(State.RUNNING, "");
        } else {
            open();
        }
        tellAll();
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

    private int priority() {
        return switch (definition().setting("priority", "normal")) {
            case "high" -> 0;
            case "low" -> 2;
            default -> 1;
        };
    }

    private final class Turn extends Actor {

        Turn() {
            super(engine().heavy(), priority()); // until the type has said how it works: opening may take long
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
        if (suspended) {
            return false;
        }
        if (!able()) {
            return absent();
        }
        if (stageWoken && occupant.present() && output.hasRoom()) {
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
        } else if (item instanceof End && port.superseded()) {
            ports.retire(port);
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
        if (port.succeeds(format)) {
            return; // from elsewhere, but as before
        }
        if (port.current() != null && ports.all().size() == 1) {
            occupant.drainBefore(port.current(), format);
        }
        port.format(format);
        tell(port, format);
    }

    private void handle(InputPort port, Sample sample, long now) throws Exception {
        if (port.repeats(sample)) {
            sample.release();
            return;
        }
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
            ports.passBy();
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
