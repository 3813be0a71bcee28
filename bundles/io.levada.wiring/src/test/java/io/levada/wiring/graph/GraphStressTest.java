/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.levada.api.media.Event;
import io.levada.api.media.Format;
import io.levada.api.media.Gap;
import io.levada.api.media.HostMemory;
import io.levada.api.media.Packet;
import io.levada.api.media.Sample;
import io.levada.api.media.Stamp;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.Analyzer;
import io.levada.api.stage.EventSink;
import io.levada.api.stage.Input;
import io.levada.api.stage.Output;
import io.levada.api.stage.Outputs;
import io.levada.api.stage.Request;
import io.levada.api.stage.Sink;
import io.levada.api.stage.Source;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.Transform;
import io.levada.testkit.Packets;
import io.levada.wiring.graph.Shelf.Type;
import io.levada.wiring.type.StageTypeEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Stages that fail now and then in a graph whose types come and go while everything runs. Whatever happens: order is kept,
 * nothing is called twice at once, everything is given back and released (the rig sees to that), and in the end it stops.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GraphStressTest {

    private static final int OPERATIONS = 120;

    /** So long that another thread takes the place of the one that runs the stage. */
    private static final long HALT_NANOS = 500_000_000;

    private final Rig rig = new Rig();
    private final Shelf shelf = rig.shelf;
    private final AtomicLong delivered = new AtomicLong();
    private final Map<String, String> wrong = new ConcurrentHashMap<>();

    @AfterEach
    void nothingIsLeft() {
        rig.close();
        assertEquals(Map.of(), wrong);
    }

    /** Sees that the platform calls it by one thread at a time, between open and close, which come once. */
    private abstract class Watched {

        private final AtomicInteger inside = new AtomicInteger();
        private boolean opened;
        private boolean closed;

        final void enter(String call) {
            if (inside.incrementAndGet() != 1) {
                wrong.put("twice", getClass().getSimpleName() + "." + call + " by two threads");
            }
            if (call.equals("open") == opened || closed) {
                wrong.put(
                        "life", getClass().getSimpleName() + "." + call + (closed ? " after close" : " out of order"));
            }
            opened = true;
            closed = call.equals("close");
        }

        final void leave() {
            inside.decrementAndGet();
        }
    }

    /** Two tracks, as fast as they are taken or at some pace, with gaps, new formats and ends. */
    private final class Noise extends Watched implements Source {

        private final Random random;
        private final boolean live;
        private StageContext context;
        private long number;

        Noise(long seed, boolean live) {
            this.random = new Random(seed);
            this.live = live;
        }

        @Override
        public void open(StageContext context) {
            enter("open");
            this.context = context;
            number = TimeBase.MILLIS.fromNanos(context.runningStart()) + 1;
            leave();
        }

        @Override
        public boolean live() {
            return live;
        }

        @Override
        public boolean produce(Outputs outputs) throws Exception {
            enter("produce");
            try {
                if (live && !context.clock().sleepUntil(System.nanoTime() + random.nextInt(200_000))) {
                    return true;
                }
                number++;
                var output = outputs.track(random.nextBoolean() ? "video" : "audio");
                output.format(format(random.nextInt(200) == 0 ? 128 : 64));
                output.emit(packet(number, context.firstEpoch()));
                switch (random.nextInt(300)) {
                    case 0 -> output.gap(new Gap(number, 1));
                    case 1 -> output.flush(context.firstEpoch());
                    case 2 -> output.end();
                    case 3 -> throw new IllegalStateException("the peer is gone");
                    default -> {}
                }
                return true;
            } finally {
                leave();
            }
        }

        private Format format(int width) {
            return Packets.video("h264", width, 48);
        }

        private Packet packet(long number, int epoch) {
            return Packet.over(HostMemory.allocate(16))
                    .stamp(Stamp.of("lobby/cam", epoch, number, number * 1_000_000, System.nanoTime(), 0))
                    .pts(number)
                    .dts(number)
                    .keyframe(random.nextInt(10) == 0)
                    .disposable(random.nextInt(3) == 0)
                    .build();
        }

        @Override
        public void close() {
            enter("close");
            leave();
        }
    }

    /** Holds some back, emits some twice, fails sometimes. */
    private final class Jumble extends Watched implements Transform<Sample> {

        private final Random random;
        private final List<Sample> held = new ArrayList<>();

        Jumble(long seed) {
            this.random = new Random(seed);
        }

        @Override
        public void open(StageContext context) {
            enter("open");
            leave();
        }

        @Override
        public void format(Input input, Format format, Output out) {
            enter("format");
            out.format(format);
            leave();
        }

        @Override
        public void process(Input input, Sample sample, Output out) {
            enter("process");
            try {
                if (random.nextInt(2000) == 0) {
                    throw new IllegalStateException("a fault of the stage");
                }
                if (sample instanceof Event) {
                    return;
                }
                sample.retain();
                held.add(sample);
                while (held.size() > 3) {
                    var oldest = held.remove(0);
                    for (int i = random.nextInt(100) == 0 ? 100 : 0; i > 0; i--) {
                        oldest.retain();
                        out.emit(oldest);
                    }
                    out.emit(oldest);
                }
            } finally {
                leave();
            }
        }

        @Override
        public boolean request(Request request) {
            return random.nextBoolean();
        }

        @Override
        public void flush() {
            enter("flush");
            held.forEach(Sample::release);
            held.clear();
            leave();
        }

        @Override
        public void drain(Output out) {
            enter("drain");
            held.forEach(out::emit);
            held.clear();
            leave();
        }

        @Override
        public void close() {
            enter("close");
            held.forEach(Sample::release);
            held.clear();
            leave();
        }
    }

    private final class Spot extends Watched implements Analyzer<Sample> {

        private final Random random;

        Spot(long seed) {
            this.random = new Random(seed);
        }

        @Override
        public void open(StageContext context) {
            enter("open");
            leave();
        }

        @Override
        public void analyze(Sample sample, EventSink events) {
            enter("analyze");
            if (random.nextInt(3) == 0) {
                events.emit(Event.about(sample).put("seen", true));
            }
            leave();
        }

        @Override
        public void close() {
            enter("close");
            leave();
        }
    }

    /** Slow now and then, and sees that no link turns back. */
    private final class Drain extends Watched implements Sink<Sample> {

        private final Random random;
        private final boolean halts;
        private final Map<String, Long> last = new ConcurrentHashMap<>();

        Drain(long seed, boolean halts) {
            this.random = new Random(seed);
            this.halts = halts;
        }

        @Override
        public void open(StageContext context) {
            enter("open");
            leave();
        }

        @Override
        public void format(Input input, Format format) {
            enter("format");
            leave();
        }

        @Override
        public void process(Input input, Sample sample) {
            enter("process");
            try {
                long time = sample.stamp().runningTime();
                long before = last.getOrDefault(input.name(), Long.MIN_VALUE);
                if (time < before) {
                    wrong.put("order", input.name() + " went back from " + before + " to " + time);
                }
                last.put(input.name(), time);
                if (sample instanceof Packet packet) {
                    packet.data().get(0); // it is still there
                }
                if (random.nextInt(200) == 0) {
                    LockSupport.parkNanos(random.nextInt(3_000_000));
                }
                if (halts && random.nextInt(500) == 0) {
                    LockSupport.parkNanos(HALT_NANOS);
                }
                if (random.nextInt(50) == 0) {
                    input.request(Request.keyframe());
                }
                if (random.nextInt(3000) == 0) {
                    throw new IllegalStateException("the disk is full");
                }
                delivered.incrementAndGet();
            } finally {
                leave();
            }
        }

        @Override
        public void close() {
            enter("close");
            leave();
        }
    }

    private static Type type(String name, boolean light) {
        return light ? Type.of(name).light() : Type.of(name);
    }

    /** With even seeds from a live source, from 5 on through light stages, which its thread runs, too. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 8})
    void holdsWhateverHappens(long seed) {
        var random = new Random(seed);
        var seeds = new AtomicLong(seed * 1000);
        boolean light = seed >= 5;
        var types = List.of(
                shelf.put(
                        Type.of("source.noise").emits("packet"),
                        () -> new Noise(seeds.incrementAndGet(), seed % 2 == 0)),
                shelf.put(
                        type("filter.jumble", light)
                                .accepts("packet")
                                .emits("same")
                                .role("jumbler"),
                        () -> new Jumble(seeds.incrementAndGet())),
                shelf.put(
                        type("filter.join", light)
                                .accepts("packet")
                                .joins("event")
                                .emits("same"),
                        () -> new Jumble(seeds.incrementAndGet())),
                shelf.put(type("analyzer.spot", light).accepts("packet"), () -> new Spot(seeds.incrementAndGet())),
                shelf.put(
                        type("sink.drain", light).accepts("packet", "event").many(),
                        () -> new Drain(seeds.incrementAndGet(), light)));
        var graph = rig.start(
                "cam.type = source.noise",
                "one.type = filter.jumble",
                "one.from = cam",
                "two.type = jumbler",
                "two.from = one",
                "spot.type = analyzer.spot",
                "spot.from = one",
                "boxes.type = filter.join",
                "boxes.from = two, spot",
                "boxes.wait = 2 ms",
                "out.type = sink.drain",
                "out.from = boxes, cam:audio",
                "out.start-timeout = 50 ms",
                "all.type = sink.drain",
                "all.from = cam [policy=drop-to-keyframe max=20], spot",
                "all.start-timeout = 50 ms");
        for (int i = 0; i < OPERATIONS; i++) {
            var entry = types.get(random.nextInt(types.size()));
            switch (random.nextInt(3)) {
                case 0 -> away(entry, random);
                case 1 -> rig.add(entry);
                default -> LockSupport.parkNanos(random.nextInt(20_000_000));
            }
            graph.stages();
            graph.links();
            graph.problems();
            graph.sample();
        }
        long before = delivered.get();
        Await.until("it still delivers", graph::problems, () -> delivered.get() > before + 10);
        graph.stop();
    }

    private void away(StageTypeEntry entry, Random random) {
        rig.remove(entry);
        LockSupport.parkNanos(random.nextInt(5_000_000));
        rig.putBack(entry);
    }
}
