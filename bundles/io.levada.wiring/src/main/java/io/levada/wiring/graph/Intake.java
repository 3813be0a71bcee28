/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.Stamp;
import io.levada.api.stage.Quantity;
import io.levada.wiring.type.StageTypeEntry;

/** What comes into a node: which of its inputs is served next. Used in the node's turns alone, but where it says so. */
final class Intake {

    private final Node node;
    private final Ports ports;
    private volatile Join join = new Join.Any();
    private boolean finishing;

    Intake(Node node, Ports ports) {
        this.node = node;
        this.ports = ports;
    }

    /** The type at work decides how its inputs are joined. */
    void suit(StageTypeEntry entry) {
        var definition = node.definition();
        int references = definition.from().size();
        if (!entry.joinedPorts().isEmpty() && references > 1) {
            join = new Join.Matched(Quantity.nanos(definition.setting("wait", "40 ms")));
        } else if (entry.many()) {
            join = new Join.Interleaved(references, Quantity.nanos(definition.setting("start-timeout", "5 s")));
        } else {
            join = new Join.Any();
        }
        if (finishing) {
            join.finish();
        }
        node.engine().ticker().hurry();
    }

    /** Whether a {@link #deadline} is near, or may be before the next tick that nobody asked for. Any thread. */
    boolean awaits() {
        return join instanceof Join.Matched || join.deadline() != Join.NEVER;
    }

    /** The port whose next item is to be handled, or null when there is nothing to do yet. */
    InputPort next() {
        return join.next(ports.all());
    }

    /** Up to which running time all has come, where that is known of a single input. Read it before {@link #next}. */
    long covered() {
        var all = ports.all();
        return all.size() == 1 ? all.get(0).link().watermark() : Long.MIN_VALUE;
    }

    /** The moment up to which all has come of a single input, or null where no analyzer tells. Read it before {@link #next}. */
    Stamp reached() {
        var all = ports.all();
        return all.size() == 1 ? all.get(0).link().reached() : null;
    }

    /** When to look again although nothing came. Any thread. */
    long deadline() {
        return join.deadline();
    }

    /** Nothing more is to come. */
    void finish() {
        finishing = true;
        join.finish();
    }

    boolean finishing() {
        return finishing;
    }
}
