/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.microbenchmark;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The way of a sample in a running graph, with nothing else to do: the producer emits, the link takes it, the scheduler runs
 * the consumer, the consumer's {@code process} is called, the sample is released. Wall time by sample, as many in a row as a
 * batch has, so that all threads are at it at the same time.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 9, time = 1)
@Fork(1)
public class HopBenchmark {

    static final int BATCH = 20_000;

    /** One hop: a source and a sink. */
    @State(Scope.Benchmark)
    public static class OneHop {
        Running running;

        @Setup(Level.Trial)
        public void start() {
            running = new Running(0, 1);
        }

        @TearDown(Level.Trial)
        public void stop() {
            running.close();
        }
    }

    /** One producer and several consumers. */
    @State(Scope.Benchmark)
    public static class FanOut {
        @Param({"1", "4", "16"})
        int consumers;

        Running running;

        @Setup(Level.Trial)
        public void start() {
            running = new Running(0, consumers);
        }

        @TearDown(Level.Trial)
        public void stop() {
            running.close();
        }
    }

    /** Five hops: a source, four transforms that pass everything on, a sink. */
    @State(Scope.Benchmark)
    public static class Chain {
        static final int HOPS = 5;

        Running running;

        @Setup(Level.Trial)
        public void start() {
            running = new Running(HOPS - 1, 1);
        }

        @TearDown(Level.Trial)
        public void stop() {
            running.close();
        }
    }

    /** By sample; each goes to all consumers. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void fanOut(FanOut graph) {
        graph.running.pass(BATCH);
    }

    /** By hop. */
    @Benchmark
    @OperationsPerInvocation(BATCH * Chain.HOPS)
    public void chain(Chain graph) {
        graph.running.pass(BATCH);
    }

    /** The next sample goes when the one before has arrived: a hop with two threads that have to be woken for it. */
    @Benchmark
    public void oneAtATime(OneHop graph) {
        graph.running.pass(1);
    }
}
