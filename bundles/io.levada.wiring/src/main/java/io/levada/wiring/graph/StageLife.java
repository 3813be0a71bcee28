/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.Format;
import io.levada.api.pipeline.State;
import io.levada.api.stage.StageException;
import io.levada.wiring.definition.StageDefinition;
import io.levada.wiring.type.Port;
import io.levada.wiring.type.StageTypeEntry;
import io.levada.wiring.type.Transfers;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The life of the stage in a node: opened, told what flows, replaced, restarted, closed. Used in the node's turns alone, but
 * where it says so.
 */
final class StageLife {

    private final StageNode node;
    private final OutputTrack output;
    private final Ports ports;
    private final Intake intake;
    private final Occupant occupant;
    private final Supervision supervision;
    private final CompletableFuture<Void> concluded = new CompletableFuture<>();

    private volatile long restartAt = Join.NEVER;
    /** Has been opened or was to be; what comes before waits. */
    private boolean begun;

    private boolean suspended;
    /** Filled the role when the node fell asleep. */
    private Optional<StageTypeEntry> slept = Optional.empty();

    /** @param opening hears which type is about to be opened */
    StageLife(StageNode node, OutputTrack output, Ports ports, Intake intake, Consumer<StageTypeEntry> opening) {
        this.node = node;
        this.output = output;
        this.ports = ports;
        this.intake = intake;
        this.occupant = new Occupant(node, output, entry -> {
            intake.suit(entry);
            opening.accept(entry);
        });
        this.supervision = new Supervision(node);
    }

    /** The instance, if there is one. */
    Occupant occupant() {
        return occupant;
    }

    /** Completes when nothing is left to do for good; any thread. */
    CompletableFuture<Void> concluded() {
        return concluded;
    }

    boolean over() {
        return concluded.isDone();
    }

    /** Whether samples can be handled: an instance is there, or a role that the first format fills. */
    boolean able() {
        return occupant.present() || node.state() == State.STARTING;
    }

    /** Whether it is closed for a while, and what comes is to wait. */
    boolean suspended() {
        return suspended || !begun;
    }

    void open() {
        begun = true;
        if (over() || occupant.present()) {
            return;
        }
        if (ports.paused()) {
            node.become(State.RUNNING, Activation.ASLEEP);
            return;
        }
        var type = node.definition().type();
        var providers = node.engine().types().providers(node.definition());
        if (providers.isEmpty()) {
            node.waitForType();
            return;
        }
        var first = providers.get(0);
        var known = first.name().equals(type) ? Optional.of(first) : slept.filter(providers::contains);
        slept = Optional.empty();
        if (known.isEmpty()) {
            ports.decide();
            node.become(State.STARTING, ""); // a role is filled when the format is known
            return;
        }
        try {
            supervision.started();
            try {
                occupant.open(known.get());
            } finally {
                ports.decide(); // not before: it may say in which memory it takes what comes
            }
            node.become(State.RUNNING, occupant.reason());
        } catch (Throwable e) { // whatever a stage throws stays here
            fault(e);
        }
    }

    /** Opens anew and tells the instance the formats that the links had told the one before. */
    void reopen() {
        open();
        try {
            tellAll();
        } catch (Throwable e) { // whatever a stage throws stays here
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

    /** What follows on the port looks like this. */
    void format(InputPort port, Format format) throws Exception {
        if (port.succeeds(format)) {
            return; // from elsewhere, but as before
        }
        if (port.current() != null && ports.all().size() == 1) {
            occupant.drainBefore(port.current(), format);
        }
        port.format(format);
        tell(port, format);
    }

    private void tell(InputPort port, Format format) throws Exception {
        try {
            check(port, Port.of(format));
            if (!occupant.present()) {
                supervision.started();
            }
            var chosen = occupant.format(port, format);
            if (!chosen.isEmpty()) {
                node.become(State.RUNNING, chosen);
            }
        } finally {
            ports.chosen();
        }
    }

    private void check(InputPort port, Port carried) throws StageException {
        int reference = port.reference();
        var accepted = ports.acceptance().ports(reference);
        if (accepted.isEmpty() || accepted.stream().anyMatch(carried::meets)) {
            return;
        }
        boolean elsewhere = accepted.stream().anyMatch(carried::carries);
        var fault = StageException.invalid(port.name() + " carries " + (elsewhere ? carried.located() : carried) + ", "
                        + node.definition().type() + " takes "
                        + ports.acceptance().words(reference))
                .parameter("from");
        throw elsewhere ? fault.remedy(Transfers.remedy(node.engine().types(), carried)) : fault;
    }

    /** The stage failed: only it and what hangs on it stops. */
    void fault(Throwable fault) {
        boolean another = occupant.failed(fault);
        long wait = supervision.failed(fault, another);
        if (another) {
            node.post(this::reopen); // before anything more is taken
        } else if (wait != Supervision.GIVEN_UP) {
            restartAt = System.nanoTime() + wait;
        }
    }

    /** Whether it is time to open the stage anew; asked once. Any thread. */
    boolean restarts(long now) {
        boolean due = now >= restartAt;
        if (due) {
            restartAt = Join.NEVER;
        }
        return due;
    }

    /** A type has turned up. */
    void added() {
        var state = node.state();
        boolean mayHelp = state == State.WAITING || state == State.FAILED || state == State.INVALID;
        if (!occupant.present() && mayHelp) {
            reopen();
        }
    }

    /** A type goes; the future is completed when no instance of it is left. */
    void removed(StageTypeEntry entry, CompletableFuture<Void> gone) {
        occupant.forget(entry);
        if (occupant.uses(entry)) {
            occupant.drain();
            occupant.close();
            gone.complete(null);
            reopen();
        }
        gone.complete(null);
    }

    /** Nothing more is to come. */
    void finish() {
        if (!begun) {
            abort(); // it was never set to work
            return;
        }
        suspended = false;
        intake.finish();
    }

    /** All has come. */
    void conclude() {
        if (!over()) {
            occupant.drain();
            output.end();
            occupant.close();
            ports.discard();
            if (node.state() == State.RUNNING || node.state() == State.STARTING) {
                node.become(State.ENDED, "");
            }
            concluded.complete(null);
        }
    }

    /** All has come, and nobody was there. */
    void concludeAbsent() {
        output.end();
        concluded.complete(null);
    }

    /** Nobody waits for what it holds. */
    void abort() {
        occupant.settle();
        occupant.close();
        ports.discard();
        output.end();
        concluded.complete(null);
    }

    // Changes of the definition.

    /** Other settings of the platform's count from now on. */
    void adjust() {
        if (occupant.present()) {
            intake.suit(occupant.instance().entry());
            occupant.instance().context().adjust(node.definition());
        }
    }

    /** The instance takes other parameters, if it can do so while it works; whether it did. */
    boolean reconfigure(StageDefinition fresh) throws Exception {
        boolean taken = occupant.present() && occupant.reconfigure(fresh);
        if (taken) {
            node.define(fresh);
        }
        return taken;
    }

    /**
     * Puts another instance to work between two samples. The one before is kept, so that {@link #restore} can bring it back,
     * until it is settled. When the new one refuses what comes, all is as before.
     */
    void exchange(Optional<StageInstance> made, StageDefinition fresh) throws Exception {
        var before = node.definition();
        node.define(fresh);
        occupant.exchange(made);
        try {
            takeUp();
        } catch (Throwable e) { // whatever a stage throws stays here
            comeBack(before);
            throw e;
        }
    }

    /** Undoes what {@link #reconfigure} or {@link #exchange} did. */
    void restore(StageDefinition before) throws Exception {
        if (occupant.onTrial()) {
            occupant.drain();
            comeBack(before);
        } else {
            reconfigure(before);
        }
    }

    private void comeBack(StageDefinition before) {
        node.define(before);
        occupant.restore();
        try {
            takeUp();
        } catch (Throwable e) { // whatever a stage throws stays here
            fault(e);
        }
    }

    /** Another instance is there, or a role to be filled: it is told what flows. */
    private void takeUp() throws Exception {
        restartAt = Join.NEVER;
        if (occupant.present()) {
            ports.decide();
            supervision.started();
            node.become(State.RUNNING, occupant.reason());
            if (ports.paused()) {
                sleep(); // it was only to be seen whether it opens
            }
        } else {
            open();
        }
        tellAll();
    }

    /** The node falls asleep or wakes up. */
    void activate() {
        boolean hopeless = node.state() == State.FAILED || node.state() == State.INVALID;
        if (over() || hopeless) {
            return;
        }
        if (node.activation().asleep()) {
            sleep();
        } else if (ports.paused()) {
            ports.resume();
            open();
        }
    }

    private void sleep() {
        slept = Optional.ofNullable(occupant.instance()).map(StageInstance::entry);
        restartAt = Join.NEVER;
        ports.pause();
        occupant.drain();
        occupant.close();
        output.rest();
        node.become(State.RUNNING, Activation.ASLEEP);
    }

    /** Closes the instance, after it has brought out what it holds; what comes waits until {@link #resume}. */
    void suspend() {
        suspended = true;
        occupant.drain();
        occupant.close();
    }

    void resume() {
        suspended = false;
        reopen();
    }
}
