/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.End;
import io.levada.api.media.Event;
import io.levada.api.media.Format;
import io.levada.api.media.Memory;
import io.levada.api.media.Packet;
import io.levada.api.media.Sample;
import io.levada.api.media.TimeBase;
import io.levada.api.pipeline.State;
import io.levada.api.stage.Analyzer;
import io.levada.api.stage.EventSink;
import io.levada.api.stage.Input;
import io.levada.api.stage.Outputs;
import io.levada.api.stage.Request;
import io.levada.api.stage.Sink;
import io.levada.api.stage.Source;
import io.levada.api.stage.StageContext;
import io.levada.testkit.Packets;
import io.levada.wiring.graph.Shelf.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Graphs of small stages on a real engine. A packet's pts is its number. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GraphTest {

    private static final Format VIDEO = Packets.video("h264", 64, 48);
    private static final Format AUDIO = Packets.audio("aac", 48_000, 2);

    private final Rig rig = new Rig();
    private final Shelf shelf = rig.shelf;
    private final Feed.Content feed = new Feed.Content(false);
    private final Feed.Content camera = new Feed.Content(true);
    private final Collector.Page page = new Collector.Page();
    private final Collector.Page other = new Collector.Page();

    GraphTest() {
        shelf.put(Type.of("source.feed").emits("packet:video", "packet:audio"), () -> new Feed(feed));
        shelf.put(Type.of("source.camera").emits("packet:video", "packet:audio"), () -> new Feed(camera));
        shelf.put(Type.of("filter.pass").accepts("packet").emits("same"), Passage::new);
        shelf.put(Type.of("sink.page").accepts("packet"), () -> new Collector(page));
        shelf.put(Type.of("sink.other").accepts("packet"), () -> new Collector(other));
        shelf.put(Type.of("sink.many").accepts("packet", "event").many(), () -> new Collector(page));
    }

    @AfterEach
    void nothingIsLeft() {
        page.open();
        rig.close(feed, camera);
    }

    private static Packet packet(long number) {
        return Packets.of(TimeBase.MILLIS, 1).at(number).keyframe((byte) number);
    }

    private static Packet[] packets(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(GraphTest::packet).toArray(Packet[]::new);
    }

    private static List<String> lines(String begin, int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(number -> begin + number)
                .toList();
    }

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
    void aFaultStaysWhereItHappensAndTheStageIsRestarted() {
        page.fault(sample -> {
            if (sample.pts() == 3) {
                throw new IllegalStateException("boom");
            }
        });
        var graph = rig.start(
                "cam.type = source.camera",
                "bad.type = sink.page",
                "bad.from = cam",
                "good.type = sink.other",
                "good.from = cam");
        camera.put("video", VIDEO).put("video", packets(1, 5));
        other.await("cam:video 5");
        Rig.await(graph, State.DEGRADED);
        var problem = graph.problems().get(0).toString();
        assertTrue(problem.startsWith("bad  fault in the stage: IllegalStateException: boom at "), problem);
        assertTrue(problem.contains("; remedy: ") && problem.endsWith(", next try in 1 s"), problem);
        assertEquals(State.RETRYING, graph.problems().get(0).state());
        Rig.await(graph, State.RUNNING);
        camera.put("video", packet(6));
        page.await("cam:video 6");
        var lines = page.lines();
        assertEquals(
                List.of("close", "open", "format cam:video video packet"),
                lines.subList(lines.indexOf("close"), lines.indexOf("close") + 3));
        assertEquals(5 + 1, other.lines("cam:").size());
        assertEquals(
                1,
                graph.stages().stream()
                        .filter(stage -> stage.name().equals("bad"))
                        .findFirst()
                        .orElseThrow()
                        .restarts());
    }

    @Test
    void whatIsNotLiveWaitsForAStageThatIsRestarted() {
        page.fault(sample -> {
            if (sample.pts() == 3) {
                page.fault(fine -> {});
                throw new IllegalStateException("boom");
            }
        });
        var graph = rig.start("cam.type = source.feed", "out.type = sink.page", "out.from = cam");
        feed.put("video", VIDEO).put("video", packets(1, 50)).end();
        Rig.await(graph, State.ENDED);
        assertEquals(49, page.lines("cam:video ").size(), "all but the one that it failed on");
    }

    @Test
    void aStageThatMayNotBeRestartedHasFailed() {
        page.fault(sample -> {
            throw new IllegalStateException("boom");
        });
        var graph = rig.start(
                "cam.type = source.camera",
                "bad.type = sink.page",
                "bad.from = cam",
                "bad.restart = never",
                "good.type = sink.other",
                "good.from = cam");
        camera.put("video", VIDEO).put("video", packet(1));
        Rig.awaitProblem(graph, "given up");
        assertEquals(State.FAILED, graph.problems().get(0).state());
        assertEquals(State.DEGRADED, graph.state());
        camera.put("video", packet(2));
        other.await("cam:video 2");
    }

    @Test
    void aSourceThatFailsIsOpenedAnewAndGoesOnInTime() {
        var starts = Collections.synchronizedList(new ArrayList<Long>());
        shelf.put(Type.of("source.shaky").emits("packet:video"), () -> new Source() {
            private StageContext context;

            @Override
            public void open(StageContext context) {
                this.context = context;
            }

            @Override
            public boolean live() {
                return false;
            }

            @Override
            public boolean produce(Outputs outputs) throws Exception {
                starts.add(context.runningStart());
                starts.add((long) context.firstEpoch());
                outputs.track("video").format(VIDEO);
                outputs.track("video").emit(packet(40));
                if (starts.size() < 4) {
                    throw new IllegalStateException("lost the connection");
                }
                return false;
            }

            @Override
            public void close() {}
        });
        var graph = rig.start("cam.type = source.shaky", "out.type = sink.page", "out.from = cam");
        Rig.awaitProblem(graph, "cam  fault in the stage: IllegalStateException: lost the connection at ");
        Rig.await(graph, State.ENDED);
        assertEquals(List.of(0L, 0L, 41_000_000L, 1L), starts);
        assertEquals(List.of("cam:video 40", "cam:video 40"), page.lines("cam:"));
        assertEquals(1, page.lines("close").size(), "the sink did not notice");
    }

    @Test
    void aTypeThatGoesIsGivenBackAndItsStageIsMadeAnewWhenItReturns() {
        var pass = shelf.providers("filter.pass").get(0);
        var graph = rig.start(
                "cam.type = source.camera",
                "pass.type = filter.pass",
                "pass.from = cam",
                "out.type = sink.page",
                "out.from = pass",
                "side.type = sink.other",
                "side.from = cam");
        camera.put("video", VIDEO).put("video", packets(1, 10));
        page.await("pass:video 10");
        rig.remove(pass);
        assertFalse(shelf.taken().contains("filter.pass"));
        Rig.await(graph, State.DEGRADED);
        assertEquals(
                "pass.type  waits for stage type filter.pass (no bundle provides it)",
                graph.problems().get(0).toString());
        camera.put("video", packets(11, 20));
        other.await("cam:video 20");
        rig.putBack(pass);
        Rig.await(graph, State.RUNNING);
        camera.put("video", packets(21, 30));
        page.await("pass:video 30");
        assertEquals(lines("cam:video ", 1, 30), other.lines("cam:video "));
        assertEquals(lines("pass:video ", 21, 30), page.lines("pass:video ").subList(10, 20));
        assertEquals(1, page.lines("open").size(), "what hangs on it goes on");
    }

    @Test
    void aStageThatGoesEmitsWhatItHolds() {
        var slow = shelf.put(Type.of("filter.slow").accepts("packet").emits("same"), () -> new Passage(3));
        rig.start(
                "cam.type = source.camera",
                "slow.type = filter.slow",
                "slow.from = cam",
                "out.type = sink.page",
                "out.from = slow");
        camera.put("video", VIDEO).put("video", packets(1, 5));
        page.await("slow:video 2");
        rig.remove(slow);
        page.await("slow:video 5");
    }

    @Test
    void aSourceWhoseTypeGoesIsMadeAnewWhenItReturnsThoughItEndsWhenItIsStopped() {
        var obedient = shelf.put(Type.of("source.obedient").emits("packet:video"), () -> new Source() {
            private StageContext context;

            @Override
            public void open(StageContext context) {
                this.context = context;
            }

            @Override
            public boolean produce(Outputs outputs) throws Exception {
                outputs.track("video").format(VIDEO);
                outputs.track("video").emit(packet(context.firstEpoch()));
                return context.clock().sleepUntil(Long.MAX_VALUE);
            }

            @Override
            public void close() {}
        });
        var graph = rig.start("cam.type = source.obedient", "out.type = sink.page", "out.from = cam");
        page.await("cam:video 0");
        rig.remove(obedient);
        assertEquals(List.of("sink.page"), shelf.taken());
        Rig.await(graph, State.WAITING);
        rig.putBack(obedient);
        page.await("cam:video 1");
        assertEquals(1, page.lines("open").size());
    }

    @Test
    void aTypeThatIsNotThereYetIsWaitedForAndNothingThatIsNotLiveIsLost() {
        var graph = rig.start(
                "cam.type = source.feed",
                "late.type = filter.late",
                "late.from = cam",
                "out.type = sink.page",
                "out.from = late");
        feed.put("video", VIDEO).put("video", packets(1, 10)).end();
        Rig.awaitProblem(graph, "late.type  waits for stage type filter.late (no bundle provides it)");
        rig.add(shelf.put(Type.of("filter.late").accepts("packet").emits("same"), Passage::new));
        Rig.await(graph, State.ENDED);
        assertEquals(lines("late:video ", 1, 10), page.lines("late:video "));
    }

    @Test
    void whatIsLiveDoesNotWaitForATypeThatIsNotThereYet() {
        var graph = rig.start(
                "cam.type = source.camera",
                "late.type = sink.late",
                "late.from = cam",
                "out.type = sink.page",
                "out.from = cam");
        camera.put("video", VIDEO).put("video", packets(1, 10));
        page.await("cam:video 10");
        Rig.await(graph, State.DEGRADED);
        rig.add(shelf.put(Type.of("sink.late").accepts("packet"), () -> new Collector(other)));
        Rig.await(graph, State.RUNNING);
        camera.put("video", packet(11));
        other.await("cam:video 11");
    }

    @Test
    void aTypeThatTurnsUpLateTakesTheTrackThatFits() {
        var graph = rig.start("cam.type = source.camera", "late.type = sink.late", "late.from = cam");
        camera.put("video", VIDEO).put("audio", AUDIO);
        Await.until("both tracks", camera::left, () -> camera.left() == 0);
        rig.add(shelf.put(Type.of("sink.late").accepts("packet:audio"), () -> new Collector(page)));
        camera.put("video", packet(1)).put("audio", packet(2));
        page.await("cam:audio 2");
        assertEquals(List.of(), graph.problems());
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

    /** It is told what is wrong with an instance before that is given back. */
    private void awaitTaken(String... types) {
        Await.until(
                "instances are given back", shelf::taken, () -> shelf.taken().equals(List.of(types)));
    }

    @Test
    void aTypeThatTurnsOutToBeASourceIsInvalidAsAConsumer() {
        var graph = rig.start("cam.type = source.camera", "late.type = what.ever", "late.from = cam");
        Rig.awaitProblem(graph, "waits for stage type");
        rig.add(shelf.put(Type.of("what.ever").emits("packet"), () -> new Feed(feed)));
        Rig.awaitProblem(graph, "late.from  what.ever is a source and takes no input; remove the line");
        awaitTaken("source.camera");
    }

    @Test
    void aTypeThatTurnsOutToNeedAnInputIsInvalidAsASource() {
        var graph = rig.start("late.type = what.ever", "out.type = sink.page", "out.from = late");
        Rig.awaitProblem(graph, "waits for stage type");
        rig.add(shelf.put(Type.of("what.ever").accepts("packet").emits("packet"), Passage::new));
        Rig.awaitProblem(graph, "late.from  is missing: what.ever needs an input");
        awaitTaken("sink.page");
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

    @Test
    void aStageThatHangsDoesNotKeepTheRestFromStopping() {
        page.shut();
        var graph = rig.start(
                "cam.type = source.camera",
                "hung.type = sink.page",
                "hung.from = cam",
                "ok.type = sink.other",
                "ok.from = cam");
        camera.put("video", VIDEO).put("video", packets(1, 5));
        other.await("cam:video 5");
        long begin = System.nanoTime();
        graph.stop();
        assertTrue(System.nanoTime() - begin < 8_000_000_000L);
        assertEquals(List.of("sink.page"), shelf.taken());
        page.open(); // it comes back after all
        Await.until("given back", shelf::taken, () -> shelf.taken().isEmpty());
    }

    @Test
    void aStageThatIsBusyIsWaitedForWhenItsTypeGoes() {
        page.shut();
        var busy = shelf.providers("sink.page").get(0);
        var graph = rig.start("cam.type = source.camera", "out.type = sink.page", "out.from = cam");
        camera.put("video", VIDEO).put("video", packet(1));
        Await.until("it is busy", page::lines, page::held);
        shelf.remove(busy);
        var gone = graph.typeRemoved(busy);
        assertFalse(gone.isDone());
        page.open();
        gone.join();
        Rig.awaitProblem(graph, "out.type  waits for stage type sink.page");
        assertEquals(List.of("source.camera"), shelf.taken());
    }

    @Test
    void aStageThatHangsIsMarkedUntilItComesBack() {
        page.shut();
        var graph = rig.start("cam.type = source.camera", "out.type = sink.page", "out.from = cam");
        camera.put("video", VIDEO).put("video", packet(1));
        page.await("format cam:video video packet");
        Await.until("it hangs", graph::problems, () -> {
            rig.engine.heavy().tick(System.nanoTime() + 3_600_000_000_000L);
            return !graph.problems().isEmpty();
        });
        var problem = graph.problems().get(0).toString();
        assertTrue(problem.startsWith("out  hangs in a call since 10 s at "), problem);
        assertTrue(problem.contains("another version of the plugin (this is test 1.0.0)"), problem);
        var stack = graph.stages().get(1).fault();
        assertTrue(stack.contains("Collector.process(Collector.java:"), stack);
        assertEquals(State.FAILED, graph.state());
        page.open();
        Rig.await(graph, State.RUNNING);
        page.await("cam:video 1");
    }

    /** Formats are announced under the producer's lock, types under the consumer's. */
    @Test
    void typesThatComeWhileTracksComeDoNotDeadlock() {
        for (int round = 0; round < 50; round++) {
            var content = new Feed.Content(true);
            var source = shelf.put(Type.of("source.r" + round).emits("packet"), () -> new Feed(content));
            var graph = rig.make("lobby", "cam.type = source.r" + round, "out.type = sink.many", "out.from = cam");
            var sink = shelf.providers("sink.many").get(0);
            graph.start();
            for (int track = 2; track < 20; track++) {
                content.put("video" + track, VIDEO);
                graph.typeAdded(sink);
            }
            Await.until("all tracks", content::left, () -> content.left() == 0);
            graph.stop();
            assertEquals(18, graph.links().size(), "each is linked once");
            shelf.remove(source);
        }
    }

    @Test
    void aSampleThatIsEmittedBeforeItsFormatIsAFaultOfTheStageAndReleased() {
        var graph = rig.start("cam.type = source.feed", "out.type = sink.page", "out.from = cam");
        feed.put("video", (Sample) packet(1));
        Rig.awaitProblem(graph, "emitted a sample before its format");
    }
}
