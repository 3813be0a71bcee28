/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executor;

/**
 * Runs the steps of several actors one at a time, each actor's in their order, the actors interleaved at random by a seed.
 * What fails says the seed and the order; the same seed gives the same order again.
 *
 * <pre>{@code
 * DeterministicScheduler.explore(200, scheduler -> {
 *     scheduler.actor("feeder").then(() -> stage.feed(frame1)).then(() -> stage.feed(frame2));
 *     scheduler.actor("operator").then(() -> stage.reconfigure(changed));
 * });
 * }</pre>
 *
 * <p>All of it happens on the calling thread.
 */
public final class DeterministicScheduler {

    /** A system property: explore runs this seed alone, to look at a failure. */
    public static final String SEED = "levada.seed";

    private static final int TRACE = 64;

    private final long seed;
    private final Random random;
    private final Map<String, Actor> actors = new LinkedHashMap<>();
    private final Deque<String> trace = new ArrayDeque<>();

    public DeterministicScheduler(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
    }

    /** Something to do that may fail. */
    @FunctionalInterface
    public interface Step {
        void run() throws Exception;
    }

    /** A set-up of actors that shall hold whatever the order. */
    @FunctionalInterface
    public interface Scenario {
        void prepare(DeterministicScheduler scheduler) throws Exception;
    }

    /**
     * Prepares and runs a scenario under many seeds; with the system property {@value #SEED} under that one.
     *
     * @throws AssertionError naming the seed and the order of steps of the first failure
     */
    public static void explore(int rounds, Scenario scenario) {
        Long only = Long.getLong(SEED);
        for (long seed = only == null ? 0 : only; seed < (only == null ? rounds : only + 1); seed++) {
            var scheduler = new DeterministicScheduler(seed);
            try {
                scenario.prepare(scheduler);
            } catch (Exception | AssertionError e) {
                throw scheduler.failure("while preparing", e);
            }
            scheduler.run();
        }
    }

    public long seed() {
        return seed;
    }

    /** The actor of that name; made when it is new. */
    public Actor actor(String name) {
        return actors.computeIfAbsent(name, Actor::new);
    }

    /**
     * Runs until no actor has a step left; steps may add steps.
     *
     * @throws AssertionError naming the seed, the order of steps and the cause
     */
    public void run() {
        while (runOne()) {
            // each round is one step
        }
    }

    /** Runs one step; false when there was none. */
    public boolean runOne() {
        List<Actor> ready = new ArrayList<>();
        for (var actor : actors.values()) {
            if (!actor.steps.isEmpty()) {
                ready.add(actor);
            }
        }
        if (ready.isEmpty()) {
            return false;
        }
        var actor = ready.get(random.nextInt(ready.size()));
        remember(actor.name + " " + ++actor.done);
        try {
            actor.steps.remove().run();
        } catch (Exception | AssertionError e) {
            throw failure("in step " + actor.done + " of " + actor.name, e);
        }
        return true;
    }

    private void remember(String step) {
        if (trace.size() == TRACE) {
            trace.remove();
        }
        trace.add(step);
    }

    private AssertionError failure(String where, Throwable cause) {
        return new AssertionError(
                "seed " + seed + " (again with -D" + SEED + "=" + seed + ") failed " + where + ": " + cause.getMessage()
                        + "; order: " + String.join(", ", trace),
                cause);
    }

    /** A line of steps that run one after the other. As an {@link Executor} it is a thread of its own for real code. */
    public static final class Actor implements Executor {

        private final String name;
        private final Deque<Step> steps = new ArrayDeque<>();
        private int done;

        private Actor(String name) {
            this.name = name;
        }

        /** Adds a step at the end of the line. */
        public Actor then(Step step) {
            steps.add(step);
            return this;
        }

        @Override
        public void execute(Runnable task) {
            steps.add(task::run);
        }
    }
}
