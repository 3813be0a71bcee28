/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.microbenchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs the benchmarks and holds them against what is promised. */
class HopIT {

    /** By hop, of all threads together. */
    private static final double MOST_NANOS = 1000;

    /** Less than a byte in a hundred samples: what ticks by the clock, not by the sample. */
    private static final double MOST_BYTES = 0.01;

    @Test
    void aHopCostsAtMostAMicrosecondAndAllocatesNothing() throws RunnerException {
        var broken = new ArrayList<String>();
        for (var result : run(HopBenchmark.class.getSimpleName() + ".(fanOut|chain)")) {
            var consumers = result.getParams().getParam("consumers");
            double hops = consumers == null ? 1 : Integer.parseInt(consumers);
            verify(result, MOST_NANOS * hops, MOST_BYTES * hops, broken);
        }
        assertEquals(List.of(), broken);
    }

    @Test
    void aLinkAllocatesNothing() throws RunnerException {
        var broken = new ArrayList<String>();
        for (var result : run(LinkBenchmark.class.getSimpleName())) {
            verify(result, MOST_NANOS, MOST_BYTES, broken);
        }
        assertEquals(List.of(), broken);
    }

    @Test
    void theWayOfASampleAloneIsShown() throws RunnerException {
        assertEquals(1, run(HopBenchmark.class.getSimpleName() + ".oneAtATime").size());
    }

    private static Collection<RunResult> run(String include) throws RunnerException {
        return new Runner(new OptionsBuilder()
                        .include(include)
                        .addProfiler(GCProfiler.class)
                        .addProfiler(CpuProfiler.class)
                        .jvmArgs("-Xms256m", "-Xmx256m")
                        .shouldFailOnError(true)
                        .build())
                .run();
    }

    private static void verify(RunResult result, double mostNanos, double mostBytes, List<String> broken) {
        var name = result.getPrimaryResult().getLabel() + " "
                + result.getParams().getParamsKeys().stream()
                        .map(result.getParams()::getParam)
                        .toList();
        double nanos = result.getSecondaryResults().get(CpuProfiler.RESULT).getScore();
        double bytes = result.getSecondaryResults().get("gc.alloc.rate.norm").getScore();
        if (nanos > mostNanos) {
            broken.add(name + ": " + nanos + " ns of CPU time, more than " + mostNanos);
        }
        if (bytes > mostBytes) {
            broken.add(name + ": " + bytes + " bytes, more than " + mostBytes);
        }
    }
}
