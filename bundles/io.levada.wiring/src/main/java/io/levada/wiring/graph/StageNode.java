/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.LeakDetector;
import io.levada.api.pipeline.State;
import io.levada.api.stage.Input;
import io.levada.api.stage.Stage;
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
import java.util.concurrent.CompletableFuture;

/**
 * A node with inputs: transform, analyzer or sink. Everything it does it does in turns, which a pool runs one at a time; what
 * others want of it they put into its queue of tasks.
 */
final class StageNode extends Node implements Ticker.Ticked {

    /**
     * Opening, and setting up for what comes, loads libraries, models and kernels, on a busy machine for longer than any sample
     * may take: for minutes.
     */
    private static final int OPENING_PATIENCE = 12;

    private final OutputTrack output;
    private final CompletableFuture<Condition> opened = new CompletableFuture<>();
    private final Turn turn;
    private final Ports ports;
    private final Intake intake;
    private final StageLife life;
    private final StageWork work;

    private final boolean transfer;
    private volatile boolean stageWoken;
    private volatile boolean hanging;
    private volatile boolean opening;
    /** What the instance at work sees of the node. */
    private volatile Optional<NodeContext> working = Optional.empty();

    /** @param others the nodes it may take from, which it does once its {@link #ports} are attached */
    StageNode(Engine engine, String pipeline, StageDefinition definition, Map<String, Node> others, Runnable changed) {
        this(engine, pipeline, definition, others, changed, "");
    }

    /** @param track name of its output; empty when it is to be named after its kind */
    StageNode(
            Engine engine,
            String pipeline,
            StageDefinition definition,
            Map<String, Node> others,
            Runnable changed,
            String track) {
        super(engine, pipeline, definition, changed);
        this.output = new OutputTrack(this, track);
        this.transfer = !track.isEmpty();
        this.turn = new Turn();
        this.ports = new Ports(this, others);
        this.intake = new Intake(this, ports);
        this.life = new StageLife(this, output, ports, intake, entry -> turn.move(entry.work()));
        this.work = new StageWork(this, life, ports, intake, output);
    }

    // What others ask of it, on any thread.

    Ports ports() {
        return ports;
    }

    /** Whether nobody wrote it down: it was put in to bring samples to other memory. */
    boolean transfer() {
        return transfer;
    }

    void wakeTurn() {
        turn.wake();
    }

    /** Has the task run in a turn; any thread. */
    void post(Runnable task) {
        tasks().post(task);
    }

    @Override
    public boolean live() {
        return ports.live();
    }

    @Override
    public Collection<OutputTrack> tracks() {
        return List.of(output);
    }

    @Override
    List<Input> inputs() {
        return ports.inputs();
    }

    @Override
    public void wakeProducer() {
        turn.wake();
    }

    /** This instance is at work from now on; in a turn. */
    void works(NodeContext context) {
        working = Optional.of(context);
    }

    /** What the instance at work takes at an input; empty while there is none. Any thread. */
    List<Port> taken(int reference) {
        var entry = implementation();
        return entry == null
                ? List.of()
                : entry.portsAt(reference).stream()
                        .map(port -> working.map(context -> context.taken(port)).orElse(port))
                        .toList();
    }

    /** Whether it needs what comes to it; any thread. */
    boolean needs() {
        boolean over = state() == State.ENDED || state() == State.FAILED || state() == State.INVALID;
        return !over
                && activation().working()
                && working.map(NodeContext::demanding).orElse(true);
    }

    /** Also to learn that there is nothing more to come. */
    @Override
    boolean needed() {
        return super.needed() || ports.producersDone();
    }

    /** In a turn: an instance is opened, or told what comes; for that the turn may take longer. */
    void opening() {
        opening = true;
    }

    /** Whether that was in this turn. */
    boolean opened() {
        return opening;
    }

    /** A track was named that can't go in here. */
    void misfit(String message) {
        post(() -> life.fault(StageException.invalid(message).parameter("from")));
    }

    @Override
    void wakeStage() {
        stageWoken = true;
        turn.wake();
    }

    /** In a turn: whether the stage asked to be woken since this was asked last. */
    boolean takeWake() {
        boolean woken = stageWoken;
        stageWoken = false;
        return woken;
    }

    @Override
    CompletableFuture<Condition> start() {
        engine().ticker().add(this);
        post(() -> {
            life.open();
            opened.complete(condition());
        });
        return opened;
    }

    @Override
    void typeAdded(StageTypeEntry entry) {
        var type = definition().type();
        if (entry.name().equals(type) || entry.role().equals(type)) {
            post(life::added);
            ports.offerAgain();
        }
    }

    @Override
    CompletableFuture<Void> typeRemoved(StageTypeEntry entry) {
        var gone = new CompletableFuture<Void>();
        post(() -> life.removed(entry, gone));
        return hanging ? CompletableFuture.completedFuture(null) : gone; // nobody waits for what does not come back
    }

    @Override
    CompletableFuture<Void> finish() {
        post(life::finish);
        return life.concluded();
    }

    @Override
    CompletableFuture<Void> abort() {
        post(life::abort);
        return life.concluded();
    }

    @Override
    public boolean done() {
        return life.over();
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
    public boolean tick(long now) {
        if (now >= intake.deadline()) {
            turn.wake();
        }
        if (activation().tick(now)) {
            post(life::activate);
        }
        if (life.restarts(now)) {
            post(life::reopen);
        }
        return intake.awaits() || activation().onDemand();
    }

    // Changes while it runs.

    @Override
    void define(StageDefinition fresh) {
        super.define(fresh);
        turn.level(priority());
    }

    /** Other settings of the platform's: how inputs are joined, what happens after a failure. Any thread. */
    void adjust(StageDefinition fresh) {
        define(fresh);
        post(life::adjust);
    }

    @Override
    boolean hanging() {
        return hanging;
    }

    @Override
    void fail(StageException fault) {
        post(() -> life.fault(fault));
    }

    /** See {@link StageLife#reconfigure}. */
    CompletableFuture<Boolean> reconfigure(StageDefinition fresh) {
        return ask(() -> life.reconfigure(fresh));
    }

    /** Opens an instance of the best provider for a definition that the node does not go by yet. Any thread. */
    Optional<StageInstance> prepare(StageDefinition fresh) throws Exception {
        var providers = engine().types().providers(fresh);
        if (providers.isEmpty() || !providers.get(0).name().equals(fresh.type())) {
            return Optional.empty(); // nobody yet, or a role
        }
        return Optional.of(life.occupant().make(providers.get(0), fresh));
    }

    /** Closes an instance of {@link #prepare} that is not wanted. Any thread. */
    void discard(StageInstance made) {
        life.occupant().discard(made);
    }

    /** See {@link StageLife#exchange}. */
    CompletableFuture<Void> exchange(Optional<StageInstance> made, StageDefinition fresh) {
        return ask(() -> {
            life.exchange(made, fresh);
            return null;
        });
    }

    /** See {@link StageLife#restore}. */
    CompletableFuture<Void> restore(StageDefinition before) {
        return ask(() -> {
            life.restore(before);
            return null;
        });
    }

    /** The instance that was there before {@link #exchange} is not needed any more. */
    void settle() {
        post(life.occupant()::settle);
    }

    /** See {@link StageLife#suspend}. */
    CompletableFuture<Void> suspend() {
        return ask(() -> {
            life.suspend();
            return null;
        });
    }

    /** See {@link StageLife#resume}. */
    void resume() {
        post(life::resume);
    }

    /** Another attempt to open what could not be opened; completes with what became of it. */
    CompletableFuture<Condition> openAgain() {
        return ask(() -> {
            life.reopen();
            return condition();
        });
    }

    @Override
    Optional<Stage> stage() {
        return life.occupant().present()
                ? Optional.of(life.occupant().instance().stage())
                : Optional.empty();
    }

    // Its turns.

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
        protected int patience() {
            return opening ? OPENING_PATIENCE : 1;
        }

        @Override
        protected void hangs(long nanos, StackTraceElement[] stack) {
            var trace = FaultText.trace(stack);
            LOG.warn("{} hangs in a call of {}:\n{}", id(), plugin(), trace);
            figures().fault("hangs in\n" + trace);
            synchronized (this) {
                hanging = true;
                ports.links().forEach(link -> link.deserted(true));
                become(State.FAILED, FaultText.hanging(plugin(), nanos, stack));
            }
            ports.chosen(); // who fills a role is not waited for
            wake(); // it may just have come back, and what is told above is to be taken back
        }

        @Override
        protected boolean turn() {
            var before = LeakDetector.enter(id());
            long started = System.nanoTime();
            try {
                tasks().run();
                return opening || work.turn(started); // what follows has a turn, and the time of one, of its own
            } catch (Throwable e) { // whatever a stage throws stays here
                life.fault(e);
                return true;
            } finally {
                cameBack();
                figures().busyNanos.add(System.nanoTime() - started);
                LeakDetector.exit(before);
            }
        }

        private void cameBack() {
            opening = false;
            if (hanging) {
                takeBack();
            }
        }

        private synchronized void takeBack() {
            if (hanging) {
                hanging = false;
                ports.links().forEach(link -> link.deserted(false));
                if (life.occupant().present()) { // else it failed at last, and its state says so
                    become(State.RUNNING, life.occupant().reason());
                }
            }
        }
    }
}
