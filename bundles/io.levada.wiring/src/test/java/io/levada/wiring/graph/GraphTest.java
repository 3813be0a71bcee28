/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.End;
import io.levada.api.media.Event;
import io.levada.api.media.Format;
import io.levada.api.media.Memory;
import io.levada.api.media.Packet;
import io.levada.api.pipeline.State;
import io.levada.api.stage.Analyzer;
import io.levada.api.stage.EventSink;
import io.levada.api.stage.Input;
import io.levada.api.stage.Request;
import io.levada.api.stage.Sink;
import io.levada.api.stage.StageContext;
import io.levada.wiring.graph.Shelf.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What graphs do with samples, formats and requests. */
class GraphTest extends GraphFixture {

    @Test
    void samplesTravelInOrderAndTheEndClosesEverything() {
        var graph = rig.start(
                "cam.type = source.feed",
                "pass.type = filter.pass",
                "pass.from = cam",
                "out.type = sink.page",
                "out.from = pass");
        feed.put("video", VIDEO).put("video", packets(1, 100)).end();
        Rig.await(graph, State.ENDED);
        var expected = new ArrayList<String>();
        expected.add("open");
        expected.add("format pass:video video packet");
        expected.addAll(lines("pass:video ", 1, 100));
        expected.add("drain");
        expected.add("close");
        assertEquals(expected, page.lines());
        assertEquals(List.of(), shelf.taken());
    }

    @Test
    void stoppingBringsWhatIsOnTheWayToItsEnd() {
        shelf.put(Type.of("filter.slow").accepts("packet").emits("same"), () -> new Passage(5));
        var graph = rig.start(
                "cam.type = source.feed",
                "slow.type = filter.slow",
                "slow.from = cam",
                "out.type = sink.page",
                "out.from = slow");
        page.shut();
        feed.put("video", VIDEO).put("video", packets(1, 20));
        Await.until("all taken", feed::left, () -> feed.left() == 0);
        page.open();
        graph.stop();
        assertEquals(lines("slow:video ", 1, 20), page.lines("slow:video "));
        assertEquals(
                List.of("drain", "close"),
                page.lines().subList(page.lines().size() - 2, page.lines().size()));
        assertEquals(List.of(), shelf.taken());
    }

    @Test
    void aFullLinkHoldsUpASourceThatIsNotLiveAndLosesNothing() {
        page.shut();
        rig.start("cam.type = source.feed", "out.type = sink.page", "out.from = cam [max=2]");
        feed.put("video", VIDEO).put("video", packets(1, 100)).end();
        page.await("format cam:video video packet");
        Await.until("held up", feed::left, () -> feed.left() == 98); // one is at work, two are queued
        page.open();
        page.await("close");
        assertEquals(lines("cam:video ", 1, 100), page.lines("cam:video "));
    }

    @Test
    void aSlowConsumerOfALiveSourceDoesNotHoldUpTheOther() {
        page.shut();
        var graph = rig.start(
                "cam.type = source.camera",
                "slow.type = sink.page",
                "slow.from = cam [policy=drop-oldest max=3]",
                "quick.type = sink.other",
                "quick.from = cam");
        camera.put("video", VIDEO).put("video", packets(1, 100));
        other.await("cam:video 100");
        page.open();
        camera.put("video", packet(101));
        page.await("cam:video 101");
        other.await("cam:video 101");
        assertTrue(page.lines("cam:video ").size() < 10, page.lines().toString());
        assertTrue(graph.dropped() > 90);
        assertEquals(101, other.lines("cam:video ").size());
    }

    @Test
    void consumersShareTheMemory() {
        var seen = Collections.synchronizedList(new ArrayList<Memory>());
        page.fault(sample -> seen.add(sample.memory()));
        other.fault(sample -> seen.add(sample.memory()));
        var graph = rig.start(
                "cam.type = source.feed", "a.type = sink.page", "a.from = cam", "b.type = sink.other", "b.from = cam");
        feed.put("video", VIDEO).put("video", packet(1)).end();
        Rig.await(graph, State.ENDED);
        assertEquals(2, seen.size());
        assertEquals(1, seen.stream().distinct().count());
        assertEquals(0, seen.get(0).references());
    }

    @Test
    void aSinkForManyTakesAllTracksAndOneForASingleTheFirstThatFits() {
        shelf.put(Type.of("sink.sound").accepts("packet:audio"), () -> new Collector(other));
        var graph = rig.start(
                "cam.type = source.feed",
                "all.type = sink.many",
                "all.from = cam",
                "sound.type = sink.sound",
                "sound.from = cam");
        feed.put("video", VIDEO).put("audio", AUDIO);
        feed.put("video", packet(0)).put("audio", packet(0)).end();
        Rig.await(graph, State.ENDED);
        assertEquals(2, page.lines("format ").size());
        assertEquals(List.of("format cam:audio audio packet"), other.lines("format "));
        assertEquals(List.of("cam:audio 0"), other.lines("cam:"));
    }

    @Test
    void inputsInTheOrderTheyTurnedUpKnowTheirEntryOfFrom() {
        var opened = new AtomicReference<StageContext>();
        shelf.put(Type.of("sink.order").accepts("packet").many(), () -> new Sink<Packet>() {
            @Override
            public void open(StageContext context) {
                opened.set(context);
            }

            @Override
            public void format(Input input, Format format) {}

            @Override
            public void process(Input input, Packet packet) {}

            @Override
            public void close() {}
        });
        var graph = rig.start(
                "cam.type = source.feed",
                "late.type = source.camera",
                "out.type = sink.order",
                "out.from = late, cam:audio");
        feed.put("audio", AUDIO);
        Await.until(
                "the first input",
                opened::get,
                () -> opened.get() != null && opened.get().inputs().size() == 1);
        camera.put("video", VIDEO).put("video", packet(0)).end();
        feed.put("audio", packet(0)).end();
        Rig.await(graph, State.ENDED);
        var inputs = opened.get().inputs();
        assertEquals(
                List.of("cam:audio", "late:video"),
                inputs.stream().map(Input::name).toList());
        assertEquals(List.of(0, 1), inputs.stream().map(Input::index).toList());
        assertEquals(List.of(1, 0), inputs.stream().map(Input::reference).toList());
    }

    @Test
    void aTrackCanBeNamed() {
        var graph = rig.start("cam.type = source.feed", "out.type = sink.page", "out.from = cam:video2");
        feed.put("video", VIDEO)
                .put("video2", VIDEO)
                .put("video", packet(1))
                .put("video2", packet(2))
                .end();
        Rig.await(graph, State.ENDED);
        assertEquals(List.of("cam:video2 2"), page.lines("cam:"));
    }

    @Test
    void aTrackThatIsMissingIsNamedWithThoseThereAre() {
        var graph = rig.start(
                "cam.type = source.feed",
                "out.type = sink.page",
                "out.from = cam:audio",
                "ok.type = sink.other",
                "ok.from = cam");
        feed.put("video", VIDEO).put("video", packet(1));
        other.await("cam:video 1");
        Rig.await(graph, State.DEGRADED);
        assertEquals(
                "out.from  cam has no track audio (it has video)",
                graph.problems().get(0).toString());
        feed.put("audio", AUDIO).put("audio", packet(7));
        page.await("cam:audio 7");
        Rig.await(graph, State.RUNNING);
    }

    @Test
    void kindsThatTurnOutNotToMeetAreInvalid() {
        shelf.put(Type.of("sink.picture").accepts("packet:video"), () -> new Collector(page));
        var graph = rig.start("cam.type = source.feed", "out.type = sink.picture", "out.from = cam:video");
        feed.put("video", AUDIO);
        Rig.awaitProblem(graph, "out.from  cam:video carries audio packets, sink.picture takes video packets");
        assertEquals(State.INVALID, graph.problems().get(0).state());
    }

    @Test
    void requestsTravelUpstreamUntilSomebodyDoesThem() {
        var asked = new CountDownLatch(1);
        shelf.put(Type.of("sink.asking").accepts("packet"), () -> new Sink<Packet>() {
            @Override
            public void open(StageContext context) {}

            @Override
            public void format(Input input, Format format) {}

            @Override
            public void process(Input input, Packet sample) {
                input.request(Request.keyframe());
                input.request(Request.bitrate(500_000));
                asked.countDown();
            }

            @Override
            public void close() {}
        });
        rig.start(
                "cam.type = source.camera",
                "pass.type = filter.pass",
                "pass.from = cam",
                "out.type = sink.asking",
                "out.from = pass");
        camera.put("video", VIDEO).put("video", packet(1));
        Await.until("both requests", camera::requests, () -> camera.requests().size() == 2);
        assertEquals(List.of(Request.keyframe(), Request.bitrate(500_000)), camera.requests());
    }

    @Test
    void analyzersEmitEventsUnderTheirNameAndDoNotSeePreroll() {
        shelf.put(Type.of("analyzer.spot").accepts("packet"), () -> new Analyzer<Packet>() {
            @Override
            public void open(StageContext context) {}

            @Override
            public void analyze(Packet sample, EventSink events) {
                events.emit(Event.about(sample).put("seen", true));
            }

            @Override
            public void close() {}
        });
        var subjects = Collections.synchronizedList(new ArrayList<String>());
        page.fault(sample -> subjects.add(((Event) sample).subject()));
        var graph = rig.start(
                "cam.type = source.feed",
                "spot.type = analyzer.spot",
                "spot.from = cam",
                "log.type = sink.many",
                "log.from = spot");
        feed.put("video", VIDEO)
                .put("video", packet(0).toBuilder().preroll(true).build())
                .put("video", packets(1, 3))
                .end();
        Rig.await(graph, State.ENDED);
        assertEquals(lines("event ", 1, 3), page.lines("event "));
        assertEquals(List.of("spot", "spot", "spot"), subjects);
    }

    @Test
    void aTrackThatAppearsAgainAfterItsEndGoesOn() {
        var graph = rig.start("cam.type = source.feed", "out.type = sink.many", "out.from = cam");
        feed.put("video", VIDEO).put("audio", AUDIO).put("audio", packet(0)).put("video", packet(0));
        feed.put("audio", End.END).put("video", packets(1, 3));
        page.await("cam:video 3");
        feed.put("audio", AUDIO)
                .put("audio", packet(4 * 48))
                .put("video", packet(4 * 90))
                .end();
        Rig.await(graph, State.ENDED);
        assertEquals(List.of("cam:audio 0", "cam:audio 192"), page.lines("cam:audio"));
    }

    @Test
    void aConsumerThatComesAfterTheEndOfATrackEndsToo() {
        var graph = rig.start("cam.type = source.camera", "late.type = sink.late", "late.from = cam");
        camera.put("video", VIDEO).put("video", packet(1)).end();
        Rig.await(graph, State.WAITING);
        Await.until(
                "the source has ended",
                camera::left,
                () -> camera.left() == 0 && shelf.taken().isEmpty());
        rig.add(shelf.put(Type.of("sink.late").accepts("packet"), () -> new Collector(page)));
        Rig.await(graph, State.ENDED);
        assertEquals(List.of("open", "format cam:video video packet", "drain", "close"), page.lines());
    }

    @Test
    void disabledStagesAndWhatTakesFromThemAreLeftOut() {
        var graph = rig.start(
                "cam.type = source.camera",
                "pass.type = filter.pass",
                "pass.from = cam",
                "pass.enabled = false",
                "out.type = sink.page",
                "out.from = pass",
                "ok.type = sink.other",
                "ok.from = cam");
        camera.put("video", VIDEO).put("video", packet(1));
        other.await("cam:video 1");
        Rig.await(graph, State.RUNNING);
        assertEquals(
                List.of("cam", "ok"),
                graph.stages().stream().map(stage -> stage.name()).sorted().toList());
        assertEquals(List.of(), page.lines());
    }

    @Test
    void countersTellWhatPassed() {
        var graph = rig.start(
                "cam.type = source.feed",
                "pass.type = filter.pass",
                "pass.from = cam",
                "out.type = sink.page",
                "out.from = pass");
        feed.put("video", VIDEO).put("video", packets(1, 10)).end();
        Rig.await(graph, State.ENDED);
        var pass = graph.stages().stream()
                .filter(stage -> stage.name().equals("pass"))
                .findFirst()
                .orElseThrow();
        assertEquals(10, pass.samplesIn());
        assertEquals(10, pass.samplesOut());
        assertTrue(pass.busyNanos() > 0);
        assertTrue(pass.formats().get("video").contains("h264"), pass.formats().toString());
        var link = graph.links().stream()
                .filter(one -> one.to().equals("out"))
                .findFirst()
                .orElseThrow();
        assertEquals("pass:video", link.from());
        assertEquals(10, link.samples());
        assertEquals(0, link.queued());
    }

    @Test
    void startingAndStoppingLeavesNothingBehind() {
        for (int round = 0; round < 200; round++) {
            var content = new Feed.Content(round % 2 == 0);
            var type = shelf.put(Type.of("source.round" + round).emits("packet"), () -> new Feed(content));
            content.put("video", VIDEO)
                    .put("audio", AUDIO)
                    .put("video", packets(1, 20))
                    .put("audio", packets(1, 20));
            var graph = rig.start(
                    "cam.type = source.round" + round,
                    "pass.type = filter.pass",
                    "pass.from = cam",
                    "out.type = sink.many",
                    "out.from = pass, cam:audio",
                    "side.type = sink.other",
                    "side.from = cam");
            if (round % 3 > 0) {
                Await.until("some", content::left, () -> content.left() < 20);
            }
            graph.stop();
            shelf.remove(type);
            content.discard();
            assertEquals(List.of(), shelf.taken());
        }
        Await.until("the threads of its sources end", Rig::threads, () -> Rig.threads().stream()
                .noneMatch(name -> name.contains("lobby")));
    }
}
