/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.microbenchmark;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import java.util.stream.LongStream;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ScalarResult;

/**
 * The bytes that the node's own threads (sources, workers, ticker) allocate by operation. JMH's {@code gc} counts all threads,
 * so that what the harness allocates in an iteration shows where an operation takes long.
 */
public final class AllocationProfiler implements InternalProfiler {

    static final String RESULT = "levada.alloc.norm";

    private static final String THREADS = "levada-";

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private long before;

    @Override
    public String getDescription() {
        return "Bytes that the node's threads allocate by operation";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        before = allocated();
    }

    @Override
    public Collection<ScalarResult> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        double bytes = allocated() - before;
        long operations = Math.max(1, result.getMetadata().getAllOps());
        return List.of(new ScalarResult(RESULT, bytes / operations, "B/op", AggregationPolicy.AVG));
    }

    private long allocated() {
        return LongStream.of(threads.getAllThreadIds())
                .filter(this::ours)
                .map(threads::getThreadAllocatedBytes)
                .sum();
    }

    private boolean ours(long thread) {
        var information = threads.getThreadInfo(thread);
        return information != null && information.getThreadName().startsWith(THREADS);
    }
}
