/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Format;
import io.levada.api.media.Sample;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.Input;
import io.levada.api.stage.Output;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.Transform;
import io.levada.testkit.Packets;
import io.levada.wiring.graph.Collector.Page;
import io.levada.wiring.graph.Feed.Content;
import io.levada.wiring.graph.Shelf.Type;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a stage has held back comes at once. */
class BurstTest {

    private static final int HELD = 100;

    private final Rig rig = new Rig();
    private final Content camera = new Content(true);
    private final Page page = new Page();

    /** Holds packets back until there are many. */
    private static final class Dam implements Transform<Sample> {

        private final List<Sample> held = new ArrayList<>();

        @Override
        public void open(StageContext context) {}

        @Override
        public void format(Input input, Format format, Output out) {
            out.format(format);
        }

        @Override
        public void process(Input input, Sample sample, Output out) {
            sample.retain();
            held.add(sample);
            if (held.size() == HELD) {
                held.forEach(out::emit);
                held.clear();
            }
        }

        @Override
        public void close() {
            held.forEach(Sample::release);
        }
    }

    @AfterEach
    void nothingIsLeft() {
        rig.close(camera);
    }

    /** Ten seconds of content at once, to one who is busy. */
    private Graph burst(Type dam) {
        rig.shelf.put(Type.of("source.cam").emits("packet:video"), () -> new Feed(camera));
        rig.shelf.put(dam.accepts("packet").emits("same"), Dam::new);
        rig.shelf.put(Type.of("sink.page").accepts("packet"), () -> new Collector(page));
        var graph = rig.start(
                "cam.type = source.cam",
                "dam.type = route.dam",
                "dam.from = cam [max=1000]",
                "out.type = sink.page",
                "out.from = dam");
        page.shut();
        var packets = Packets.of(TimeBase.MILLIS, 100);
        camera.put(
                "video",
                Packets.video("h264", 64, 48).toBuilder()
                        .timeBase(TimeBase.MILLIS)
                        .build());
        for (int i = 0; i < HELD; i++) {
            camera.put("video", i == 0 ? packets.keyframe((byte) 1) : packets.delta((byte) 1));
        }
        Await.until("all were put out", graph::links, () -> graph.links().stream()
                .anyMatch(link -> link.to().equals("out") && link.samples() == HELD));
        page.open();
        return graph;
    }

    @Test
    void nothingOfItIsDroppedBehindAStageThatSaysSo() {
        var graph = burst(Type.of("route.dam").bursts());
        page.await("dam:video", HELD);
        assertEquals(0, graph.dropped());
    }

    @Test
    void whatIsTooLongIsDroppedBehindAnyOther() {
        var graph = burst(Type.of("route.dam"));
        assertTrue(graph.dropped() > 0);
    }
}
