/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Event;
import io.levada.api.media.Format;
import io.levada.api.media.Packet;
import io.levada.api.media.Sample;
import io.levada.api.media.Stamp;
import io.levada.api.pipeline.State;
import io.levada.api.stage.Analyzer;
import io.levada.api.stage.EventSink;
import io.levada.api.stage.Input;
import io.levada.api.stage.Output;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.Transform;
import io.levada.wiring.graph.Shelf.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An analyzer of what another analyzer found, which is silent for most samples. */
class AnalyzerChainTest extends GraphFixture {

    private static final String[] CHAIN = {
        "cam.type = source.feed",
        "spot.type = analyzer.spot",
        "spot.from = cam",
        "track.type = analyzer.track",
        "track.from = spot"
    };

    private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

    /** Finds something in every third sample. */
    private static final class Spot implements Analyzer<Packet> {

        @Override
        public void open(StageContext context) {}

        @Override
        public void analyze(Packet sample, EventSink events) {
            if (sample.pts() % 3 == 0) {
                events.emit(Event.about(sample));
            }
        }

        @Override
        public void close() {}
    }

    /** Writes down what it is told, and tells of moments without a find. */
    private final class Tracker implements Analyzer<Event> {

        private long last;

        @Override
        public void open(StageContext context) {}

        @Override
        public void analyze(Event sample, EventSink events) {
            last = sample.pts();
            heard.add("found " + last);
            events.emit(Event.about(sample));
        }

        @Override
        public void advance(Stamp moment, EventSink events) {
            assertTrue(moment.pts() >= last, "time goes back to " + moment);
            if (moment.pts() > last) {
                last = moment.pts();
                events.emit(Event.about(moment));
            }
        }

        @Override
        public void drain(EventSink events) {
            heard.add("drained at " + last);
        }

        @Override
        public void close() {}
    }

    /** Passes on the first input, writing down what comes before each of its samples. */
    private final class Overlay implements Transform<Sample> {

        @Override
        public void open(StageContext context) {}

        @Override
        public void format(Input input, Format format, Output out) {
            if (input.index() == 0) {
                out.format(format);
            }
        }

        @Override
        public void process(Input input, Sample sample, Output out) {
            if (input.index() == 0) {
                sample.retain();
                out.emit(sample);
            } else {
                page.write("drawn " + sample.pts());
            }
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void types() {
        shelf.put(Type.of("analyzer.spot").accepts("packet"), Spot::new);
        shelf.put(Type.of("analyzer.track").accepts("event"), Tracker::new);
        shelf.put(Type.of("filter.overlay").accepts("packet").joins("event").emits("same"), Overlay::new);
    }

    @Test
    void timeGoesOnForItWhileNothingIsFound() {
        rig.start(Rig.lines(List.of(CHAIN), "log.type = sink.many", "log.from = track"));
        feed.put("video", VIDEO).put("video", packets(0, 4));
        page.await("event 4");
        assertEquals(List.of("found 0", "found 3"), List.copyOf(heard));
    }

    @Test
    void itIsDrainedAtTheEnd() {
        var graph = rig.start(Rig.lines(List.of(CHAIN), "log.type = sink.many", "log.from = track"));
        feed.put("video", VIDEO).put("video", packets(0, 3)).end();
        Rig.await(graph, State.ENDED);
        assertEquals(List.of("found 0", "found 3", "drained at 3"), List.copyOf(heard));
    }

    @Test
    void aJoinBehindItGetsWhatIsAboutASampleBeforeTheSample() {
        var graph = rig.start(Rig.lines(
                List.of(CHAIN),
                "boxes.type = filter.overlay",
                "boxes.from = cam, track",
                "out.type = sink.page",
                "out.from = boxes"));
        feed.put("video", VIDEO);
        var next = new AtomicInteger();
        Await.until("the chain stands", page::lines, () -> {
            feed.put("video", packet(next.getAndIncrement()));
            return !page.lines("drawn").isEmpty();
        });
        int first = (next.get() / 3 + 1) * 3;
        feed.put("video", packets(next.get(), first + 30)).end();
        Rig.await(graph, State.ENDED);
        var lines = page.lines();
        for (int found = first; found <= first + 30; found += 3) {
            int drawn = lines.indexOf("drawn " + found);
            assertTrue(drawn >= 0 && drawn < lines.indexOf("boxes:video " + found), found + " in " + lines);
        }
    }
}
