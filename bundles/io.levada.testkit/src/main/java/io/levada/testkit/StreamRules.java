/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.media.End;
import io.levada.api.media.Flush;
import io.levada.api.media.Sample;
import io.levada.api.media.SampleType;
import io.levada.api.stage.Transform;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules on what a stage with inputs does with a stream: its samples, markers, and the verbs in between. */
final class StreamRules {

    private static final int SEEDS = 4;

    static final List<Rule> ALL = List.of(
            new Rule("stream", "the output's format precedes its samples, which keep to it", StreamRules::stream),
            new Rule("end", "drain emits all that is held; then the track ends", StreamRules::end),
            new Rule("after drain", "more may follow a drain", StreamRules::afterDrain),
            new Rule("flush", "flush forgets what is held: nothing of an older epoch follows", StreamRules::flush),
            new Rule("gap", "a gap may come at any time", StreamRules::gap),
            new Rule("advance", "time may go on while nothing comes", StreamRules::advance),
            new Rule("format change", "a format may change in mid-stream, and back", StreamRules::formatChange),
            new Rule(
                    "stamps",
                    "a stamp stays with the content: source and epoch are those of the input",
                    StreamRules::stamps),
            new Rule(
                    "any thread",
                    "calls come one at a time, but not always on the same thread",
                    StreamRules::anyThread),
            new Rule("independent", "instances do not disturb each other", StreamRules::independent));

    private StreamRules() {}

    private static int emitted(StageHarness harness) {
        return harness.samples().size();
    }

    private static void stream(Trial trial) throws Exception {
        try (var harness = trial.formatted()) {
            trial.round(harness, 0);
            trial.round(harness, 1);
            harness.drain();
        }
    }

    private static void end(Trial trial) throws Exception {
        var stage = trial.stages().get();
        try (var harness = trial.open(stage)) {
            trial.formats(harness, false);
            trial.round(harness, 0);
            harness.end();
            var items = harness.items();
            if (!items.isEmpty() && items.last() != End.END) {
                throw new ContractBroken("after the end came " + items.last());
            }
            harness.clear();
            if (stage instanceof Transform && harness.held() > 0) {
                throw new ContractBroken(harness.held() + " samples are still held after the drain");
            }
        }
    }

    private static void afterDrain(Trial trial) throws Exception {
        try (var harness = trial.formatted()) {
            trial.round(harness, 0);
            harness.drain();
            int first = emitted(harness);
            trial.round(harness, 1);
            harness.drain();
            harness.drain();
            if (first > 0 && emitted(harness) == first) {
                throw new ContractBroken("after a drain nothing comes any more");
            }
        }
    }

    private static void flush(Trial trial) throws Exception {
        for (int samples = 1; samples <= trial.scenario().samples(); samples++) {
            try (var harness = trial.formatted()) {
                trial.round(harness, 0, false, samples);
                harness.flush(1);
                trial.round(harness, 1);
                harness.drain();
                nothingOldAfterFlush(harness);
            }
            try (var harness = trial.formatted()) {
                trial.round(harness, 0, false, samples);
                harness.flush(1);
                harness.drain();
                nothingOldAfterFlush(harness);
            }
        }
    }

    /** A muxer's trailer is about what is muxed already, so chunks are not looked at. */
    private static void nothingOldAfterFlush(StageHarness harness) {
        int epoch = 0;
        for (var item : harness.items()) {
            if (item instanceof Flush flush) {
                epoch = flush.epoch();
            } else if (item instanceof Sample sample
                    && sample.type() != SampleType.CHUNK
                    && sample.stamp().epoch() < epoch) {
                throw new ContractBroken("after the flush to epoch " + epoch + " came " + sample);
            }
        }
    }

    private static void gap(Trial trial) throws Exception {
        try (var harness = trial.formatted()) {
            trial.gaps(harness, 0);
            trial.round(harness, 1);
            trial.gaps(harness, 1);
            trial.round(harness, 2);
            harness.drain();
        }
    }

    /** As of events that do not come: the moments are those of the next samples. */
    private static void advance(Trial trial) throws Exception {
        var material = trial.scenario().inputs().get(0).stream().material();
        try (var harness = trial.formatted()) {
            for (int round = 0; round < 3; round++) {
                trial.round(harness, round, false, 1);
                for (int index = 1; index < trial.scenario().samples(); index++) {
                    var next = material.sample(round, index);
                    harness.advance(next.stamp());
                    next.release();
                }
                harness.flush(round + 1);
            }
            nothingOldAfterFlush(harness);
            harness.end();
        }
    }

    private static void formatChange(Trial trial) throws Exception {
        try (var harness = trial.formatted()) {
            trial.round(harness, 0);
            trial.formats(harness, true);
            int before = emitted(harness);
            trial.round(harness, 1, true, trial.scenario().samples());
            trial.formats(harness, false);
            if (before > 0 && emitted(harness) == before) {
                throw new ContractBroken("after the change of format nothing comes any more");
            }
            trial.round(harness, 2);
            harness.end();
        }
    }

    private static void stamps(Trial trial) throws Exception {
        Set<String> fed = new HashSet<>();
        try (var harness = trial.formatted()) {
            for (int round = 0; round < 2; round++) {
                for (var input : trial.scenario().inputs()) {
                    var sample = input.stream().material().sample(round, 0);
                    fed.add(origin(sample));
                    sample.release();
                }
                trial.round(harness, round);
            }
            harness.drain();
            for (var sample : harness.samples()) {
                if (!fed.contains(origin(sample))) {
                    throw new ContractBroken(sample + " is of another source or epoch than all input: " + fed);
                }
            }
        }
    }

    private static String origin(Sample sample) {
        return sample.stamp().source() + " epoch " + sample.stamp().epoch();
    }

    private static void anyThread(Trial trial) throws Exception {
        var harness = Trial.elsewhere(trial::formatted);
        try {
            for (int round = 0; round < 2; round++) {
                int current = round;
                Trial.elsewhere(() -> {
                    trial.round(harness, current);
                    return null;
                });
            }
            Trial.elsewhere(harness::drain);
        } finally {
            Trial.elsewhere(() -> {
                harness.close();
                return null;
            });
        }
    }

    private static void independent(Trial trial) throws Exception {
        int alone;
        try (var harness = trial.formatted()) {
            trial.round(harness, 0);
            trial.round(harness, 1);
            harness.drain();
            alone = emitted(harness);
        }
        DeterministicScheduler.explore(SEEDS, scheduler -> {
            for (var name : List.of("one", "other")) {
                new Life(trial, alone).on(scheduler.actor(name));
            }
        });
    }

    /** One instance's life in steps, beside another's. */
    private static final class Life {

        private final Trial trial;
        private final int expected;
        private StageHarness harness;

        Life(Trial trial, int expected) {
            this.trial = trial;
            this.expected = expected;
        }

        void on(DeterministicScheduler.Actor actor) {
            actor.then(() -> harness = trial.open())
                    .then(() -> trial.formats(harness, false))
                    .then(() -> trial.round(harness, 0))
                    .then(() -> trial.round(harness, 1))
                    .then(() -> harness.drain())
                    .then(this::compare)
                    .then(() -> harness.close());
        }

        private void compare() {
            if (emitted(harness) != expected) {
                throw new ContractBroken(
                        "beside another instance it emitted " + emitted(harness) + " samples, alone " + expected);
            }
        }
    }
}
