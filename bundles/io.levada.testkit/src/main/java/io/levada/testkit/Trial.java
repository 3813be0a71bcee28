/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.media.Gap;
import io.levada.api.media.Sample;
import io.levada.api.stage.Clock;
import io.levada.api.stage.Source;
import io.levada.api.stage.Stage;
import io.levada.testkit.Accepts.Scenario;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A kind of stage together with material for it; what the rules of the contract test are made of. */
record Trial(Supplier<? extends Stage> stages, Scenario scenario) {

    /** A sample and the input that it is for. */
    private record Feed(int input, Sample sample) {}

    boolean source() {
        return stages.get() instanceof Source;
    }

    StageHarness open() {
        return open(stages.get());
    }

    StageHarness open(Stage stage) {
        return builder(stage).open();
    }

    StageHarness open(Clock clock) {
        return builder(stages.get()).clock(clock).open();
    }

    HarnessBuilder builder(Stage stage) {
        var builder = StageHarness.with(stage).parameters(scenario.parameters());
        scenario.inputs().forEach(input -> builder.inputs(input.name()));
        return builder;
    }

    /** Opened, and with a format on all inputs. */
    StageHarness formatted() {
        var harness = open();
        formats(harness, false);
        return harness;
    }

    void formats(StageHarness harness, boolean changed) {
        for (int i = 0; i < scenario.inputs().size(); i++) {
            var input = scenario.inputs().get(i);
            harness.feed(i, (changed ? input.changed() : input.stream()).format());
        }
    }

    /** Feeds one round of all tracks, in order of time. */
    void round(StageHarness harness, int round) throws Exception {
        round(harness, round, false, scenario.samples());
    }

    void round(StageHarness harness, int round, boolean changed, int limit) throws Exception {
        feed(harness, feeds(round, changed, limit));
    }

    /** Feeds a round that somebody looks at beforehand. */
    void round(StageHarness harness, int round, Consumer<Sample> witness) throws Exception {
        formats(harness, false);
        var feeds = feeds(round, false, scenario.samples());
        feeds.forEach(feed -> witness.accept(feed.sample));
        feed(harness, feeds);
    }

    private static void feed(StageHarness harness, List<Feed> feeds) {
        for (int i = 0; i < feeds.size(); i++) {
            try {
                harness.feed(feeds.get(i).input, feeds.get(i).sample);
            } catch (Throwable e) {
                feeds.subList(i + 1, feeds.size()).forEach(rest -> rest.sample.release());
                throw e;
            }
        }
    }

    private List<Feed> feeds(int round, boolean changed, int limit) throws Exception {
        List<Feed> feeds = new ArrayList<>();
        int inputs = scenario.inputs().size();
        for (int index = 0; index < Math.min(limit, scenario.samples()); index++) {
            for (int i = inputs - 1; i >= 0; i--) { // joined ones, which are last, come first
                var input = scenario.inputs().get(i);
                var stream = changed ? input.changed() : input.stream();
                feeds.add(new Feed(i, stream.material().sample(round, index)));
            }
        }
        if (inputs > 1) {
            feeds.sort(Comparator.comparingLong(feed -> feed.sample.stamp().runningTime()));
        }
        return feeds;
    }

    /** A gap on every input, behind the round. */
    void gaps(StageHarness harness, int round) throws Exception {
        for (int i = 0; i < scenario.inputs().size(); i++) {
            var sample = scenario.inputs().get(i).stream().material().sample(round, scenario.samples() - 1);
            harness.feed(i, new Gap(sample.pts() + sample.duration(), Math.max(1, sample.duration())));
            sample.release();
        }
    }

    /** Runs on a thread of its own. */
    static <T> T elsewhere(Callable<T> task) throws Exception {
        var future = new FutureTask<>(task);
        var thread = new Thread(future, "levada-tck");
        thread.start();
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (Exception) e.getCause();
        }
    }
}
