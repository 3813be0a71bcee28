/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.stage.Request;
import io.levada.api.stage.StageException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** The rules for stages of every kind. */
final class CommonRules {

    /** How many lives are tried to see that threads are given back. */
    private static final int LIVES = 8;

    static final List<Rule> ALL = List.of(
            new Rule("new instances", "an instance is used for one life, so each is a new one", CommonRules::instances),
            new Rule("unused", "close may follow open at once", trial -> trial.open()
                    .close()),
            new Rule(
                    "failed open",
                    "close is called exactly once after open was called, also when that failed",
                    CommonRules::failedOpen),
            new Rule(
                    "wrong parameters",
                    "reconfigure takes changed parameters or refuses; then nothing has changed",
                    CommonRules::failedReconfigure),
            new Rule(
                    "same parameters",
                    "reconfigure with the same parameters changes nothing",
                    CommonRules::reconfigure),
            new Rule("requests", "a request that a stage does not do is passed on upstream", CommonRules::requests),
            new Rule("threads", "close gives threads back", CommonRules::threads));

    private CommonRules() {}

    private static void instances(Trial trial) {
        if (trial.stages().get() == trial.stages().get()) {
            throw new ContractBroken("the supplier gave the same instance twice");
        }
    }

    /** Lets open fail at each use of the context in turn. */
    private static void failedOpen(Trial trial) throws Exception {
        boolean failed = true;
        for (int use = 1; failed; use++) {
            var stage = trial.stages().get();
            var harness = trial.builder(stage).build();
            var context = new FailingContext(harness.context(), use);
            try {
                harness.openWith(context);
            } catch (Exception e) {
                if (!context.failed()) {
                    throw e;
                }
            }
            failed = context.failed();
            harness.close();
        }
    }

    private static void failedReconfigure(Trial trial) throws Exception {
        try (var harness = trial.open()) {
            work(trial, harness, 0);
            try {
                harness.reconfigureWith(new FailingContext(harness.context(), 1));
            } catch (Exception e) { // it may tell, and must work on
                if (!(e instanceof FailingContext.Failure || e instanceof StageException)) {
                    throw e;
                }
            }
            work(trial, harness, 1);
        }
    }

    private static void reconfigure(Trial trial) throws Exception {
        try (var harness = trial.open()) {
            harness.reconfigure(trial.scenario().parameters());
            work(trial, harness, 0);
            harness.reconfigure(trial.scenario().parameters());
            work(trial, harness, 1);
        }
    }

    private static void requests(Trial trial) throws Exception {
        var requests = List.of(Request.keyframe(), Request.bitrate(500_000), Request.rate(10));
        try (var harness = trial.open()) {
            requests.forEach(harness::request);
            work(trial, harness, 0);
            requests.forEach(harness::request);
            work(trial, harness, 1);
        }
    }

    /** A round of samples, or of produce. */
    private static void work(Trial trial, StageHarness harness, int round) throws Exception {
        if (trial.source()) {
            harness.produce();
        } else {
            trial.formats(harness, false);
            trial.round(harness, round);
        }
    }

    /** What a bundle shares among its stages may stay; what grows with every life is a leak. */
    private static void threads(Trial trial) throws Exception {
        live(trial);
        live(trial);
        int before = Thread.getAllStackTraces().size();
        for (int i = 0; i < LIVES; i++) {
            live(trial);
        }
        long deadline = System.nanoTime() + Duration.ofSeconds(3).toNanos();
        while (Thread.getAllStackTraces().size() >= before + LIVES) {
            if (System.nanoTime() > deadline) {
                throw new ContractBroken(Thread.getAllStackTraces().size() - before + " more threads after " + LIVES
                        + " lives: "
                        + Thread.getAllStackTraces().keySet().stream()
                                .map(Thread::getName)
                                .toList());
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private static void live(Trial trial) throws Exception {
        try (var harness = trial.open()) {
            work(trial, harness, 0);
        }
    }
}
