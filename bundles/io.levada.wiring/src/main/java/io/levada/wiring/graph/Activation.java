/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.stage.Quantity;
import io.levada.wiring.definition.StageDefinition;

/**
 * Whether a node works: always, or on demand, which is while somebody needs what it puts out and for a while after that. Who
 * is asleep needs nothing itself, so that a whole branch sleeps when nobody watches. Kept by the ticker's thread.
 */
final class Activation {

    static final String ASLEEP = "asleep: nobody watches";

    private static final String LINGER = "10 s";
    private static final long NEEDED = Long.MAX_VALUE;

    private final Node node;
    private volatile boolean onDemand;
    private volatile long linger;
    private volatile boolean asleep;
    /** Since when nobody needs it. */
    private volatile long idleSince = NEEDED;

    private boolean everNeeded;

    Activation(Node node) {
        this.node = node;
    }

    /** What it goes by from now on; any thread. */
    void define(StageDefinition definition) {
        linger = Quantity.nanos(definition.setting("linger", LINGER));
        onDemand = definition.setting("activation", "always").equals("on-demand");
    }

    /** Whether it may fall asleep and has to be woken in no time; any thread. */
    boolean onDemand() {
        return onDemand;
    }

    /** Any thread. */
    boolean asleep() {
        return asleep;
    }

    /** Whether it works, or is about to; any thread. */
    boolean working() {
        return !asleep || needed();
    }

    private boolean needed() {
        return !onDemand || node.needed();
    }

    /** Looks what is needed now; true when it has to fall asleep or to wake up. */
    boolean tick(long now) {
        if (!onDemand && !asleep) {
            return false;
        }
        if (needed()) {
            everNeeded = true;
            idleSince = NEEDED;
            boolean wakes = asleep;
            asleep = false;
            return wakes;
        }
        if (asleep) {
            return false;
        }
        if (idleSince == NEEDED) {
            idleSince = node.idleSince(now);
        }
        // at first it works until its consumers know what it puts out
        boolean shown = !everNeeded && !node.trackNames().isEmpty();
        asleep = shown || now - idleSince >= linger;
        return asleep;
    }

    /** Since when what it feeds is of no use, as far as it is known to it: what sleeps passes on when that began. */
    long idleSince(long now) {
        return asleep ? idleSince : now;
    }
}
