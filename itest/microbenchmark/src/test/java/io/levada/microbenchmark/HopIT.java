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

/** Runs the benchmarks and holds the median of their iterations against what is promised. */
class HopIT {

    /** By hop, of all threads together: what other programs take of the machine at the same time does not count. */
    private static final double MOST_NANOS = 1000;

    /** What JMH itself allocates in an iteration, by its many operations. */
    private static final double MOST_BYTES = 0.1;

    @Test
    void aHopCostsAtMostAMicrosecondAndAllocatesNothing() throws RunnerException {
        var broken = new ArrayList<String>();
        for (var result : run(HopBenchmark.class.getSimpleName() + ".(fanOut|chain)")) {
            var consumers = result.getParams().getParam("consumers");
            double hops = consumers == null ? 1 : Integer.parseInt(consumers);
            atMost(result, CpuProfiler.RESULT, MOST_NANOS * hops, broken);
            atMost(result, AllocationProfiler.RESULT, 0, broken);
        }
        assertEquals(List.of(), broken);
    }

    @Test
    void aLinkAllocatesNothing() throws RunnerException {
        var broken = new ArrayList<String>();
        for (var result : run(LinkBenchmark.class.getSimpleName())) {
            atMost(result, CpuProfiler.RESULT, MOST_NANOS, broken);
            atMost(result, "gc.alloc.rate.norm", MOST_BYTES, broken);
        }
        assertEquals(List.of(), broken);
    }

    @Test
    void theWayOfASampleAloneAllocatesNothing() throws RunnerException {
        var broken = new ArrayList<String>();
        for (var result : run(HopBenchmark.class.getSimpleName() + ".oneAtATime")) {
            atMost(result, AllocationProfiler.RESULT, 0, broken);
        }
        assertEquals(List.of(), broken);
    }

    private static Collection<RunResult> run(String include) throws RunnerException {
        return new Runner(new OptionsBuilder()
                        .include(include)
                        .addProfiler(GCProfiler.class)
                        .addProfiler(CpuProfiler.class)
                        .addProfiler(AllocationProfiler.class)
                        .jvmArgs("-Xms256m", "-Xmx256m")
                        .shouldFailOnError(true)
                        .build())
                .run();
    }

    private static void atMost(RunResult result, String figure, double most, List<String> broken) {
        var parameters = result.getParams();
        var values =
                parameters.getParamsKeys().stream().map(parameters::getParam).toList();
        double score = result.getSecondaryResults().get(figure).getStatistics().getPercentile(50);
        if (!(score <= most)) {
            broken.add(result.getPrimaryResult().getLabel() + " " + values + ": " + figure + " is " + score
                    + ", more than " + most);
        }
    }
}
