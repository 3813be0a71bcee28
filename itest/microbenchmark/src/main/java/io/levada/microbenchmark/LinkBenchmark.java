/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.microbenchmark;

import io.levada.api.media.HostMemory;
import io.levada.api.media.Packet;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.Sample;
import io.levada.api.media.Stamp;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.wiring.link.Limits;
import io.levada.wiring.link.Link;
import io.levada.wiring.link.Policy;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A link alone, on one thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LinkBenchmark {

    @Param({"BLOCK", "LATEST", "DROP_OLDEST", "DROP_TO_KEYFRAME"})
    Policy policy;

    private Link link;
    private Packet packet;
    private VideoFrame frame;

    @Setup
    public void make() {
        link = new Link("a:video", "p/b", Limits.count(policy, 4), false, () -> {}, () -> {});
        packet = Packet.over(HostMemory.allocate(64))
                .stamp(Stamp.of("p/a:video", 0, 0, 0, 0, 0))
                .keyframe(true)
                .build();
        var format = VideoFormat.of(16, 16, PixelFormat.GRAY8).build();
        frame = VideoFrame.over(HostMemory.allocate(256), format, 16)
                .stamp(packet.stamp())
                .keyframe(true)
                .build();
    }

    /** A sample in and out. */
    @Benchmark
    public Object offerAndPoll() {
        packet.retain();
        link.offer(packet);
        var sample = (Sample) link.poll();
        sample.release();
        return sample;
    }

    /** Frames in, and the consumer is away: all but the last few are dropped. Of no meaning where nothing is dropped. */
    @Benchmark
    public boolean offerToNobody() {
        if (link.hasRoom()) {
            frame.retain();
            link.offer(frame);
        }
        return link.hasRoom();
    }
}
