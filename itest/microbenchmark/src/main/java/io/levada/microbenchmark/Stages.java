/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.microbenchmark;

import io.levada.api.media.Format;
import io.levada.api.media.HostMemory;
import io.levada.api.media.MediaKind;
import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.Stamp;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.Input;
import io.levada.api.stage.Output;
import io.levada.api.stage.Outputs;
import io.levada.api.stage.Sink;
import io.levada.api.stage.Source;
import io.levada.api.stage.Stage;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.Transform;
import io.levada.wiring.type.StageCatalog;
import io.levada.wiring.type.StageTypeEntry;
import io.levada.wiring.type.StageTypes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Stages that do nothing but take and give, and who waits for whom. */
final class Stages implements StageCatalog {

    private static final PacketFormat FORMAT = PacketFormat.of(MediaKind.VIDEO, "h264")
            .width(64)
            .height(48)
            .timeBase(TimeBase.RTP_VIDEO)
            .build();

    private final Map<String, StageTypeEntry> entries = Map.of(
            "source", entry("source", "source"),
            "pass", entry("pass", "transform"),
            "sink", entry("sink", "sink"));

    private final Packet[] packets = new Packet[256];
    private final AtomicLong allowed = new AtomicLong();
    private final AtomicLong[] arrived;
    private volatile Thread source;
    private volatile Thread waiting;
    private volatile long goal;
    private int sinks;

    /** @param consumers how many sinks there will be */
    Stages(int consumers) {
        arrived = new AtomicLong[consumers];
        for (int i = 0; i < consumers; i++) {
            arrived[i] = new AtomicLong();
        }
        for (int i = 0; i < packets.length; i++) {
            packets[i] = Packet.over(HostMemory.allocate(64))
                    .stamp(Stamp.of("p/source:video", 0, i, i * 1000L, System.nanoTime(), 0))
                    .pts(i)
                    .dts(i)
                    .keyframe(true)
                    .build();
        }
    }

    private static StageTypeEntry entry(String name, String kind) {
        var properties = new HashMap<String, Object>();
        properties.put(StageTypes.TYPE, name);
        properties.put("levada.work", "LIGHT");
        if (!kind.equals("source")) {
            properties.put("levada.accepts", "packet");
        }
        if (!kind.equals("sink")) {
            properties.put("levada.emits", "packet");
        }
        return new StageTypeEntry(properties, "benchmark", kind, "", List.of());
    }

    /** Lets the source put out so many more samples, and waits until every sink has had them all. */
    void pass(int samples) {
        long target = allowed.get() + samples;
        waiting = Thread.currentThread();
        goal = target;
        allowed.set(target);
        LockSupport.unpark(source);
        for (var count : arrived) {
            while (count.get() < target) {
                LockSupport.park(this);
            }
        }
    }

    @Override
    public List<StageTypeEntry> providers(String typeOrRole) {
        return List.of(entries.get(typeOrRole));
    }

    @Override
    public boolean isRole(String name) {
        return false;
    }

    @Override
    public Set<String> names() {
        return entries.keySet();
    }

    @Override
    public Stage take(StageTypeEntry entry) {
        return switch (entry.name()) {
            case "source" -> new Premade();
            case "pass" -> new Pass();
            default -> new Count();
        };
    }

    @Override
    public void giveBack(StageTypeEntry entry, Stage stage) {}

    /** Puts out one sample with each call, as long as it may. */
    private final class Premade implements Source {

        private StageContext context;
        private Output output;
        private long put;

        @Override
        public void open(StageContext context) {
            this.context = context;
        }

        @Override
        public boolean live() {
            return false;
        }

        @Override
        public boolean produce(Outputs outputs) {
            if (output == null) {
                output = outputs.track("video");
                output.format(FORMAT);
                source = Thread.currentThread();
            }
            while (put == allowed.get() && !context.stopping()) {
                LockSupport.park(this);
            }
            if (put < allowed.get()) {
                var packet = packets[(int) put++ & packets.length - 1];
                packet.retain();
                output.emit(packet);
            }
            return true;
        }

        @Override
        public void interrupt() {
            LockSupport.unpark(source);
        }

        @Override
        public void close() {}
    }

    private static final class Pass implements Transform<Packet> {

        @Override
        public void open(StageContext context) {}

        @Override
        public void format(Input input, Format format, Output out) {
            out.format(format);
        }

        @Override
        public void process(Input input, Packet sample, Output out) {
            sample.retain();
            out.emit(sample);
        }

        @Override
        public void close() {}
    }

    private final class Count implements Sink<Packet> {

        private AtomicLong count;
        private long seen;

        @Override
        public void open(StageContext context) {
            synchronized (Stages.this) {
                count = arrived[sinks++];
            }
        }

        @Override
        public void format(Input input, Format format) {}

        @Override
        public void process(Input input, Packet sample) {
            seen++;
            if (seen == goal) {
                count.set(seen);
                LockSupport.unpark(waiting);
            }
        }

        @Override
        public void close() {}
    }
}
