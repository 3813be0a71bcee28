/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.pipeline.State;
import io.levada.api.stage.StageException;
import io.levada.wiring.type.RestartPolicy;

/** What becomes of a node whose stage has failed: it says why, and the stage is tried again after a while or given up. */
public final class Supervision {

    /** There shall be no other attempt. */
    static final long GIVEN_UP = -1;

    private static final String NEXT_TRY = ", next try in ";

    private final Node node;
    private String wanted = "";
    private RestartPolicy policy = RestartPolicy.parse("always");
    private Backoff backoff = new Backoff(policy.attempts());

    Supervision(Node node) {
        this.node = node;
    }

    /** An attempt begins. */
    void started() {
        var now = node.definition().setting("restart", "always");
        if (!now.equals(wanted)) {
            wanted = now;
            policy = RestartPolicy.parse(now);
            backoff = new Backoff(policy.attempts());
        }
        backoff.started();
    }

    /** Nanoseconds until the next attempt, or {@link #GIVEN_UP}. */
    long failed(Throwable fault) {
        return failed(fault, false);
    }

    /** @param another whether another type fills the role at once */
    long failed(Throwable fault, boolean another) {
        if (!(fault instanceof StageException)) {
            var trace = FaultText.trace(fault);
            Node.LOG.warn("{} failed in a call of {}:\n{}", node.id(), node.plugin(), trace);
            node.figures().fault(trace);
        }
        var parameter = Node.parameter(fault);
        var reason = Node.describe(fault);
        if (another) {
            node.figures().restarts.increment();
            node.become(State.RETRYING, parameter, reason + "; another takes its place");
            return 0;
        }
        var kind = Node.kind(fault);
        if (kind != StageException.Kind.RETRY) {
            giveUp(kind == StageException.Kind.INVALID ? State.INVALID : State.FAILED, parameter, reason);
            return GIVEN_UP;
        }
        long wait = backoff.failed();
        if (wait < 0) {
            giveUp(State.FAILED, parameter, reason + " (given up after " + attempts() + ")");
            return GIVEN_UP;
        }
        node.figures().restarts.increment();
        node.become(State.RETRYING, parameter, reason + NEXT_TRY + wait / 1_000_000_000 + " s");
        return wait;
    }

    private void giveUp(State state, String parameter, String reason) {
        if (policy.thenStop()) {
            node.stopPipeline();
        }
        node.become(state, parameter, reason);
    }

    /** The reasons without what differs from one try to the next: that is no news. */
    public static String withoutNextTry(String reasons) {
        return reasons.replaceAll(NEXT_TRY + "\\d+ s", "");
    }

    private String attempts() {
        int attempts = backoff.attempts();
        return attempts == 1 ? "one attempt" : attempts + " attempts";
    }
}
