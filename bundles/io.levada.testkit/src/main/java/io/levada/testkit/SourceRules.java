/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.media.Packet;
import io.levada.api.media.Sample;
import io.levada.api.media.SampleType;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The rules for sources. */
final class SourceRules {

    /** Rounds of produce that are looked at. */
    private static final int CALLS = 64;

    private static final Duration STOP = Duration.ofSeconds(2);

    static final List<Rule> ALL = List.of(
            new Rule("produces", "a source brings samples, each track's format first", SourceRules::produces),
            new Rule("time", "running time never goes back, decoding time rises", SourceRules::time),
            new Rule("close while busy", "close gives back what is still held", SourceRules::closeWhileBusy),
            new Rule("stop", "produce returns soon after stopping turned true", SourceRules::stop));

    private SourceRules() {}

    private static void produces(Trial trial) {
        try (var harness = trial.open()) {
            for (int i = 0; i < CALLS && harness.produce(); i++) {
                // more
            }
            if (harness.tracks().stream().allMatch(track -> track.samples().isEmpty())) {
                throw new ContractBroken("no sample came in " + CALLS + " calls of produce");
            }
        }
    }

    private static void time(Trial trial) {
        try (var harness = trial.open()) {
            for (int i = 0; i < CALLS && harness.produce(); i++) {
                // more
            }
            for (var track : harness.tracks()) {
                Sample before = null;
                for (var sample : track.samples()) {
                    if (before != null) {
                        inOrder(before, sample);
                    }
                    before = sample;
                }
            }
        }
    }

    /** Packets come in decoding order, so that their presentation times may go back. */
    private static void inOrder(Sample before, Sample sample) {
        boolean back = sample instanceof Packet packet && before instanceof Packet last
                ? packet.dts() != Sample.NO_TIME && packet.dts() <= last.dts()
                : sample.type() != SampleType.PACKET
                        && sample.stamp().runningTime() < before.stamp().runningTime();
        if (back || sample.stamp().epoch() < before.stamp().epoch()) {
            throw new ContractBroken("after " + before + " came " + sample);
        }
    }

    private static void closeWhileBusy(Trial trial) {
        for (int calls = 1; calls <= 8; calls++) {
            try (var harness = trial.open()) {
                for (int i = 0; i < calls && harness.produce(); i++) {
                    // more
                }
            }
        }
    }

    /** On a clock that stands still, so that a source which paces itself sleeps. */
    private static void stop(Trial trial) throws Exception {
        var clock = VirtualClock.manual();
        var harness = trial.open(clock);
        var producing = new FutureTask<>(() -> {
            while (!harness.context().stopping() && harness.produce()) {
                // more
                harness.clear();
            }
            return null;
        });
        var thread = new Thread(producing, "levada-tck-source");
        thread.setDaemon(true);
        thread.start();
        try {
            producing.get(200, TimeUnit.MILLISECONDS);
        } catch (TimeoutException stillAtIt) {
            clock.stop();
            harness.interrupt();
            awaitStop(producing);
        } catch (ExecutionException e) {
            throw new ContractBroken("produce failed: " + e.getCause(), e.getCause());
        }
        harness.close();
    }

    private static void awaitStop(FutureTask<?> producing) throws InterruptedException {
        try {
            producing.get(STOP.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new ContractBroken("produce did not return within " + STOP + " of being asked to stop");
        } catch (ExecutionException e) {
            // a source that is interrupted may say so
        }
    }
}
