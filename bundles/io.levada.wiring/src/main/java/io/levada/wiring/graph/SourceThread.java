/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.pipeline.State;
import io.levada.api.stage.StageException;
import io.levada.api.stage.Work;
import io.levada.wiring.schedule.Carrier;
import io.levada.wiring.schedule.WorkerPool;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The thread of a source, which is another one after a stage that it carried has held it up. Where there is none to be had, the
 * node says so until there is one.
 */
final class SourceThread implements Carrier.Task {

    private static final long AGAIN_NANOS = 1_000_000_000L;
    private static final String REMEDY =
            "raise the limits of threads (ulimit -u, systemd's TasksMax) and memory of this process, or have it do less";

    /** Makes a thread with a task. */
    interface Maker {
        Carrier make(WorkerPool pool, String name, Carrier.Task task);
    }

    private final SourceNode node;
    private final Consumer<Carrier> work;
    private final Maker maker;
    /** Null while there is none. */
    private volatile Carrier current;

    private volatile long from;

    /** @param work that it does, on the carrier that is told */
    SourceThread(SourceNode node, Consumer<Carrier> work, Maker maker) {
        this.node = node;
        this.work = work;
        this.maker = maker;
    }

    /** Whether there is none. */
    boolean absent() {
        return current == null;
    }

    /** Returns whether it could be started, for which there is to be another attempt else, some time after that. */
    boolean begin() {
        try {
            var made = successor();
            current = made; // first, so that it can be woken from its start on
            made.begin();
            return true;
        } catch (OutOfMemoryError e) { // no native thread
            current = null;
            from = System.nanoTime() + AGAIN_NANOS;
            noSuccessor(e);
            return false;
        }
    }

    /** Whether it is time for another attempt; on the ticker's thread. */
    boolean due(long now) {
        return current == null && now - from >= 0;
    }

    void wake() {
        LockSupport.unpark(current);
    }

    @Override
    public void run() {
        var carrier = (Carrier) Thread.currentThread();
        current = carrier;
        work.accept(carrier);
    }

    @Override
    public Carrier successor() {
        return maker.make(node.engine().pool(Work.LIGHT), "levada-" + node.id(), this);
    }

    @Override
    public void noSuccessor(OutOfMemoryError cause) {
        var fault = StageException.retry("there is no thread for it: " + FaultText.message(cause))
                .remedy(REMEDY)
                .because(cause);
        node.become(State.RETRYING, Node.describe(fault) + "; next try in " + AGAIN_NANOS / 1_000_000_000 + " s");
    }
}
