/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.media.LeakDetector;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The platform's place around a stage: whose call is running on which thread, and what was broken during it. */
final class Platform {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String holder;
    private final List<ContractBroken> broken = new CopyOnWriteArrayList<>();
    private volatile Thread caller;

    Platform(String id) {
        holder = id + " (harness " + COUNT.incrementAndGet() + ")";
    }

    /** The stage's name as the leak detector knows it. */
    String holder() {
        return holder;
    }

    /** The holder of what was emitted and is kept for the test. */
    String collector() {
        return "the output of " + holder;
    }

    /** Whether a call into the stage runs on this thread. */
    boolean calling() {
        return Thread.currentThread() == caller;
    }

    /** Notes a breach, so that it is not lost when the stage swallows the error. */
    ContractBroken broken(String message) {
        var error = new ContractBroken(message);
        broken.add(error);
        return error;
    }

    /** What was broken and not yet reported. */
    List<ContractBroken> takeBroken() {
        var taken = List.copyOf(broken);
        broken.removeAll(taken);
        return taken;
    }

    /** Runs a call into the stage; its exceptions come out as they are. */
    <T> T call(Callable<T> call) {
        T result = null;
        String before = LeakDetector.enter(holder);
        caller = Thread.currentThread();
        try {
            result = call.call();
        } catch (ContractBroken e) {
            broken.remove(e);
            throw e;
        } catch (Exception e) {
            throw unchecked(e);
        } finally {
            caller = null;
            LeakDetector.exit(before);
        }
        throwBroken();
        return result;
    }

    void throwBroken() {
        var errors = takeBroken();
        if (!errors.isEmpty()) {
            var first = errors.get(0);
            errors.stream().skip(1).forEach(first::addSuppressed);
            throw first;
        }
    }

    /** A test need not declare what a stage throws, and sees it unwrapped. */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E unchecked(Throwable e) throws E {
        throw (E) e;
    }
}
