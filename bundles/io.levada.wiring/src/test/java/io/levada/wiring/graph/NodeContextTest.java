/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.TimeBase;
import io.levada.api.pipeline.State;
import io.levada.api.stage.Outputs;
import io.levada.api.stage.Source;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.testkit.Packets;
import io.levada.wiring.graph.Shelf.Type;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a stage is told of its place. */
class NodeContextTest {

    private final Rig rig = new Rig();
    private final BlockingQueue<StageContext> contexts = new LinkedBlockingQueue<>();
    private final BlockingQueue<Long> starts = new LinkedBlockingQueue<>();
    private volatile boolean live = true;

    /** Emits one packet of 40 ms at its beginning, then breaks off. */
    private final class Broken implements Source {

        private StageContext context;

        @Override
        public void open(StageContext context) {
            this.context = context;
            contexts.add(context);
        }

        @Override
        public boolean produce(Outputs outputs) throws StageException {
            var track = outputs.track("video");
            track.format(Packets.video("h264", 64, 48));
            long start = context.runningStart();
            starts.add(start);
            long ticks = TimeBase.RTP_VIDEO.fromNanos(start);
            track.emit(Packets.of(TimeBase.RTP_VIDEO, 3600).at(ticks).keyframe((byte) 1));
            throw StageException.retry("broke off");
        }

        @Override
        public boolean live() {
            return live;
        }

        @Override
        public void close() {}
    }

    NodeContextTest() {
        rig.shelf.put(Type.of("source.broken").emits("packet:video"), Broken::new);
    }

    @AfterEach
    void nothingIsLeft() {
        rig.close();
    }

    @Test
    void whatAStageSaysOfHowItWorksIsShownWhileItRuns() {
        rig.shelf.put(Type.of("sink.telling").accepts("packet"), () -> new Collector(new Collector.Page()) {

            @Override
            public void open(StageContext context) {
                context.explain("on the CPU (no GPU)");
            }
        });
        var graph = rig.start("cam.type = source.broken", "tell.type = sink.telling", "tell.from = cam");
        Await.until("it is told", graph::stages, () -> graph.stages().stream()
                .anyMatch(stage ->
                        stage.state() == State.RUNNING && stage.reason().equals("on the CPU (no GPU)")));
    }

    @Test
    void aSourceThatIsReadAsFastAsItGoesBeginsAtZeroAndGoesOnWhereItsLastSampleEnds() throws Exception {
        live = false;
        rig.start("cam.type = source.broken");
        assertEquals(0, starts.take());
        assertEquals(40_000_000, starts.take());
    }

    @Test
    void theRunningTimeOfALiveSourceIsTheNodesClockSoThatAnOutageIsInIt() throws Exception {
        long before = SystemClock.runningTime();
        rig.start("cam.type = source.broken");
        long first = starts.take();
        long second = starts.take();
        assertTrue(before <= first, before + " " + first);
        assertTrue(second - first >= 900_000_000, "the back-off of a second is missing: " + first + " " + second);
        assertTrue(second <= SystemClock.runningTime());
    }

    @Test
    void anInstanceCountsOnWhereTheOneBeforeLeftOff() throws Exception {
        rig.start("cam.type = source.broken");
        var first = contexts.take();
        assertEquals(1, first.tallies().merge("seen", 1L, Long::sum));
        var second = contexts.take();
        assertNotSame(first, second);
        assertEquals(2, second.tallies().merge("seen", 1L, Long::sum));
    }

    @Test
    void relativePathsAreOfTheHomeButForThoseOfTheData() throws Exception {
        rig.start("cam.type = source.broken");
        var context = contexts.take();
        assertEquals(
                List.of(Path.of("media/a.mp4"), Path.of("elsewhere/rec/a.mp4"), Path.of("/data/a"), Path.of("data")),
                List.of(
                        context.resolve("media/a.mp4"),
                        context.resolve("data/rec/a.mp4"),
                        context.resolve("/data/a"),
                        context.resolve("data")));
    }
}
