/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.Format;
import io.levada.api.media.PacketFormat;
import io.levada.api.stage.StageException;
import io.levada.wiring.definition.StageDefinition;
import io.levada.wiring.type.Port;
import io.levada.wiring.type.StageTypeEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The stage instance in a node, if there is one: chosen, opened, closed and given back. Used in the node's turns alone. */
final class Occupant {

    private final StageNode node;
    private final OutputTrack output;
    private final Consumer<StageTypeEntry> opening;
    private StageInstance instance;
    /** Was at work before the one that is on trial. */
    private StageInstance kept;

    private boolean onTrial;
    private final RoleChoice choice;

    /** @param opening hears which type is about to be opened */
    Occupant(StageNode node, OutputTrack output, Consumer<StageTypeEntry> opening) {
        this.node = node;
        this.output = output;
        this.opening = opening;
        this.choice = new RoleChoice(node);
    }

    boolean present() {
        return instance != null;
    }

    StageInstance instance() {
        return instance;
    }

    /** Whether it takes another sample now. */
    boolean ready() {
        return instance == null || instance.ready();
    }

    /** Whether the instance says itself up to when it has told everything. */
    boolean later() {
        return instance != null && instance.later();
    }

    /** Why it is this one, of those that can fill a role, and how it says that it works; may be empty. */
    String reason() {
        var chosen = fillsRole() ? choice.reason() : "";
        var how = instance == null ? "" : instance.context().explanation();
        return chosen + (chosen.isEmpty() || how.isEmpty() ? "" : "; ") + how;
    }

    void open(StageTypeEntry entry) throws Exception {
        opening.accept(entry);
        node.opening();
        install(make(entry, node.definition()));
    }

    /** Opens an instance that is not at work yet, for {@link #exchange}, or to be discarded. Any thread. */
    StageInstance make(StageTypeEntry entry, StageDefinition definition) throws Exception {
        var context = node.context(entry, definition);
        var made = StageInstance.of(entry, node.engine().types().take(entry), context, output);
        try {
            made.stage().open(context);
            return made;
        } catch (Throwable e) { // whatever a stage throws stays here
            discard(made);
            throw e;
        }
    }

    private void install(StageInstance made) {
        instance = made;
        node.works(made.context());
        node.implementation(made.entry());
        node.figures().gauges(made.context().gauges());
        node.steering().resume(made.stage());
    }

    /** Whether the instance goes by the fresh definition from now on; false when another must take its place. */
    boolean reconfigure(StageDefinition fresh) throws Exception {
        return instance.context().reconfigure(instance.stage(), fresh);
    }

    /**
     * Brings out what the instance holds and puts another in its place; it is kept until {@link #settle} or {@link #restore}.
     *
     * @param made nobody where a role is to be filled when a format comes
     */
    void exchange(Optional<StageInstance> made) {
        drain();
        kept = instance;
        choice.forget();
        onTrial = true;
        instance = null;
        made.ifPresent(other -> {
            opening.accept(other.entry());
            install(other);
        });
    }

    /** Whether {@link #exchange} may still be undone. */
    boolean onTrial() {
        return onTrial;
    }

    /** The other one stays. */
    void settle() {
        onTrial = false;
        if (kept != null) {
            discard(kept);
            kept = null;
        }
    }

    /** The one before comes back, if there was one; what the other holds is to be brought out first. */
    void restore() {
        onTrial = false;
        close();
        if (kept != null) {
            opening.accept(kept.entry());
            install(kept);
            kept = null;
        }
    }

    /** The type goes: what was kept of it does not come back. */
    void forget(StageTypeEntry entry) {
        if (kept != null && kept.entry() == entry) {
            discard(kept);
            kept = null;
        }
    }

    boolean uses(StageTypeEntry entry) {
        return instance != null && instance.entry() == entry;
    }

    /** The format of the only input changes: what is held comes out, and a role is filled anew for another codec. */
    void drainBefore(Format before, Format now) {
        drain();
        boolean otherCodec = before instanceof PacketFormat one
                && now instanceof PacketFormat other
                && !one.codec().equals(other.codec());
        if (fillsRole() && otherCodec) {
            close();
            choice.forget();
        }
    }

    /**
     * Tells the instance what follows on a port. A role that nobody fills, or whose instance can't take the format, is filled
     * by the first candidate that can.
     *
     * @return why it is this one, and how it says that it works; may be empty
     */
    String format(InputPort port, Format format) throws Exception {
        node.opening(); // for what comes: kernels are compiled, devices set up
        if (fillsRole()) {
            try {
                tell(port, format);
                return reason();
            } catch (StageException refusal) {
                failed(refusal); // another may take it
            }
        }
        if (instance == null) {
            return fillRole(port, format);
        }
        tell(port, format);
        return reason();
    }

    /** One that takes it in other memory hears of it when it comes there. */
    private void tell(InputPort port, Format format) throws Exception {
        var taken = node.taken(port.reference());
        if (taken.isEmpty() || taken.stream().anyMatch(Port.of(format)::meets)) {
            instance.format(port, format);
        } else {
            node.ports().divert(port);
        }
    }

    private boolean fillsRole() {
        return instance != null
                && !instance.entry().name().equals(node.definition().type());
    }

    private String fillRole(InputPort port, Format format) throws Exception {
        var refused = new ArrayList<String>();
        Exception last = StageException.retry(
                "no bundle fills the role " + node.definition().type());
        for (var entry : choice.candidates(port, format)) {
            try {
                open(entry);
                tell(port, format);
                choice.filled(entry);
                return reason();
            } catch (Throwable e) { // whatever a stage throws stays here
                close();
                refused.add(entry.name() + " (" + Node.describe(e) + ")");
                choice.refused(entry, Node.cause(e));
                last = e instanceof Exception exception ? exception : new IllegalStateException(e);
            }
        }
        throw refused.size() < 2 ? last : allRefused(refused, Node.kind(last));
    }

    private static StageException allRefused(List<String> refused, StageException.Kind kind) {
        var message = "refused by " + String.join(", ", refused);
        return switch (kind) {
            case INVALID -> StageException.invalid(message);
            case RETRY -> StageException.retry(message);
            case FAILED -> StageException.failed(message);
        };
    }

    /**
     * The instance failed: closes it, and if it filled a role, another shall.
     *
     * @return whether there is another that did not fail yet
     */
    boolean failed(Throwable fault) {
        boolean another = fillsRole() && choice.failed(instance.entry(), Node.cause(fault));
        close();
        return another;
    }

    void drain() {
        if (instance != null) {
            quietly(instance::drain);
        }
    }

    /** Closes the instance and gives it back; does nothing when there is none. */
    void close() {
        var closing = instance;
        if (closing == null) {
            return;
        }
        instance = null;
        node.implementation(null);
        node.figures().gauges(Map.of());
        discard(closing);
    }

    /** Closes an instance that is not at work and gives it back. */
    void discard(StageInstance gone) {
        gone.context().stop();
        quietly(gone.stage()::close);
        node.engine().types().giveBack(gone.entry(), gone.stage());
    }

    private interface Step {
        void run() throws Exception;
    }

    private void quietly(Step step) {
        try {
            step.run();
        } catch (Throwable e) { // whatever a stage throws stays here
            node.figures().warn(node.id(), "while it closed: " + Node.describe(e));
        }
    }
}
