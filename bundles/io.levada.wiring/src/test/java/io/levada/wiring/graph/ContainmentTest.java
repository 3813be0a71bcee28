/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Format;
import io.levada.api.media.Packet;
import io.levada.api.media.Sample;
import io.levada.api.media.TimeBase;
import io.levada.api.pipeline.State;
import io.levada.api.stage.Analyzer;
import io.levada.api.stage.EventSink;
import io.levada.api.stage.Input;
import io.levada.api.stage.Outputs;
import io.levada.api.stage.StageContext;
import io.levada.testkit.Packets;
import io.levada.wiring.graph.Shelf.Type;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What one stage does wrong, the others do not notice. A packet's pts is its number. */
@Timeout(60)
class ContainmentTest {

    private static final Format VIDEO = Packets.video("h264", 64, 48);
    private static final int LARGE = 100_000;

    private final Rig rig = new Rig();
    private final Feed.Content feed = new Feed.Content(false);
    private final Feed.Content camera = new Feed.Content(true);
    private final Collector.Page bad = new Collector.Page();
    private final Collector.Page good = new Collector.Page();

    ContainmentTest() {
        rig.shelf.put(Type.of("source.feed").emits("packet:video"), () -> new Feed(feed));
        rig.shelf.put(Type.of("source.camera").emits("packet:video"), () -> new Feed(camera));
        rig.shelf.put(Type.of("sink.bad").accepts("packet"), () -> new Collector(bad));
        rig.shelf.put(Type.of("sink.good").accepts("packet"), () -> new Collector(good));
    }

    @AfterEach
    void nothingIsLeft() {
        bad.open();
        rig.close(feed, camera);
    }

    private static Packet packet(long number, int bytes) {
        return Packets.of(TimeBase.MILLIS, 1).at(number).keyframe(new byte[bytes]);
    }

    private void put(Feed.Content content, int from, int to, int bytes) {
        for (int number = from; number <= to; number++) {
            content.put("video", packet(number, bytes));
        }
    }

    /** Large ones, no faster than the good one takes them. */
    private void paced(int from, int to) {
        for (int number = from; number <= to; number++) {
            put(camera, number, number, LARGE);
            good.await("cam:video " + number);
        }
    }

    private Graph two(String source, String... more) {
        var graph = rig.start(Rig.lines(
                List.of(
                        "cam.type = " + source,
                        "bad.type = sink.bad",
                        "bad.from = cam",
                        "good.type = sink.good",
                        "good.from = cam"),
                more));
        return graph;
    }

    @Test
    void whatIsNotLiveIsNotHeldUpByAStageThatHangs() {
        bad.shut();
        var graph = two("source.feed");
        feed.put("video", VIDEO);
        put(feed, 1, 500, 1);
        bad.await("format cam:video video packet");
        rig.awaitHang(graph, "bad");
        good.await("cam:video 500");
        var link = graph.links().stream()
                .filter(one -> one.to().equals("bad"))
                .findFirst()
                .orElseThrow();
        assertTrue(link.dropped().get("hang") > 300, link.toString());
    }

    @Test
    void settingUpForWhatComesMayTakeLongerThanASample() throws Exception {
        var entered = new CountDownLatch(1);
        var gate = new CountDownLatch(1);
        rig.shelf.put(Type.of("sink.slow").accepts("packet"), () -> new Collector(good) {

            @Override
            public void format(Input input, Format format) {
                entered.countDown();
                Await.until("it may go on", gate::getCount, () -> gate.getCount() == 0);
            }
        });
        var graph = rig.start("cam.type = source.camera", "slow.type = sink.slow", "slow.from = cam");
        camera.put("video", VIDEO);
        entered.await();
        rig.engine.heavy().tick(System.nanoTime());
        rig.engine.heavy().tick(System.nanoTime() + 60_000_000_000L);
        assertEquals(List.of(), graph.problems());
        rig.awaitHang(graph, "slow");
        gate.countDown();
        Await.until("it goes on", graph::problems, () -> graph.problems().isEmpty());
    }

    @Test
    void aStageThatHangsIsReplacedWithoutWaitingForIt() {
        bad.shut();
        var graph = two("source.camera");
        var hung = rig.shelf.providers("sink.bad").get(0);
        camera.put("video", VIDEO).put("video", packet(1, 1));
        bad.await("format cam:video video packet");
        rig.awaitHang(graph, "bad");
        rig.shelf.remove(hung);
        var fresh = new Collector.Page();
        rig.shelf.put(Type.of("sink.bad").accepts("packet"), () -> new Collector(fresh));
        long begin = System.nanoTime();
        assertEquals(
                Optional.empty(),
                graph.replace(
                        rig.definition(
                                "cam.type = source.camera",
                                "bad.type = sink.bad",
                                "bad.from = cam",
                                "good.type = sink.good",
                                "good.from = cam"),
                        Set.of(hung)));
        graph.typeRemoved(hung).join();
        assertTrue(System.nanoTime() - begin < 2_000_000_000L, "it did not wait");
        Rig.await(graph, State.RUNNING);
        put(camera, 2, 3, 1);
        fresh.await("cam:video 3");
        bad.open();
        Await.until(
                "the old one is given back",
                rig.shelf::taken,
                () -> rig.shelf.taken().size() == 3);
        assertEquals(1, bad.lines("cam:video").size(), "what it had begun");
    }

    @Test
    void aStageThatKeepsAllItGetsIsClosedAndTheOthersGoOn() {
        var kept = new ConcurrentLinkedQueue<Sample>();
        bad.fault(sample -> {
            sample.retain();
            kept.add(sample);
        });
        var graph = two("source.camera", "memory = 1 MB");
        camera.put("video", VIDEO);
        paced(1, 30);
        Rig.awaitProblem(graph, "keeps samples and does not give them back");
        assertEquals("bad", graph.problems().get(0).key());
        assertEquals(State.FAILED, graph.problems().get(0).state());
        int had = kept.size();
        paced(31, 40);
        assertEquals(40, good.lines("cam:video").size());
        assertEquals(had, kept.size(), "it got nothing more");
        kept.forEach(Sample::release);
        Await.until("all has come back", graph::memory, () -> graph.memory() < 1_000_000);
    }

    @Test
    void aSlowStageLosesWhatIsMoreThanItsShareOfTheMemory() {
        bad.shut();
        var graph = two("source.camera", "memory = 1 MB");
        camera.put("video", VIDEO);
        paced(1, 100);
        assertEquals(100, good.lines("cam:video").size());
        var link = graph.links().stream()
                .filter(one -> one.to().equals("bad"))
                .findFirst()
                .orElseThrow();
        Await.until("within its memory", graph::memory, () -> graph.memory() <= 1_300_000);
        assertTrue(link.dropped().containsKey("to-keyframe") || link.dropped().containsKey("budget"), link.toString());
    }

    @Test
    void aFaultWhoseMessageCantBeReadIsAFaultLikeOthers() {
        bad.fault(sample -> {
            throw new Unreadable();
        });
        var graph = two("source.camera");
        camera.put("video", VIDEO).put("video", packet(1, 1));
        Rig.awaitProblem(graph, "fault in the stage: Unreadable: (its message can't be read)");
        assertEquals(State.RETRYING, graph.problems().get(0).state());
        bad.await("open", 2);
    }

    @Test
    void aFaultWithALongMessageIsToldInShortAndWithoutCredentials() {
        bad.fault(sample -> {
            throw new IllegalStateException("no rtsp://watcher:pa55word@cam/x \u001b[31m" + "x".repeat(1_000_000));
        });
        var graph = two("source.camera");
        camera.put("video", VIDEO).put("video", packet(1, 1));
        Rig.awaitProblem(graph, "no rtsp://***@cam/x  [31mxxx");
        var stage = graph.stages().stream()
                .filter(one -> one.name().equals("bad"))
                .findFirst()
                .orElseThrow();
        assertTrue(graph.problems().get(0).toString().length() < 2000);
        assertTrue(stage.fault().length() < 10_000 && !stage.fault().contains("pa55word"), stage.fault());
    }

    @Test
    void aSourceThatThrowsAnErrorWhenItIsClosedIsOpenedAnew() {
        var opened = new AtomicInteger();
        rig.shelf.put(Type.of("source.broken").emits("packet:video"), () -> new Feed(feed) {

            @Override
            public void open(StageContext context) {
                opened.incrementAndGet();
            }

            @Override
            public boolean produce(Outputs outputs) {
                throw new AssertionError("while it worked");
            }

            @Override
            public void close() {
                throw new AssertionError("while it closed");
            }
        });
        var graph = rig.start("cam.type = source.broken", "good.type = sink.good", "good.from = cam");
        Rig.awaitProblem(graph, "AssertionError: while it worked");
        Await.until("it is opened again", graph::problems, () -> opened.get() >= 2);
    }

    @Test
    void anotherVersionThatThrowsAnErrorAtTheFormatLeavesTheOneBeforeAtWork() {
        var before = rig.shelf.put(Type.of("analyzer.look").accepts("packet"), () -> new Looking(bad, false));
        var lines = new String[] {"cam.type = source.camera", "look.type = analyzer.look", "look.from = cam"};
        var graph = rig.start(lines);
        camera.put("video", VIDEO).put("video", packet(1, 1));
        bad.await("saw 1");
        rig.shelf.remove(before);
        rig.shelf.put(Type.of("analyzer.look").accepts("packet"), () -> new Looking(bad, true));
        var why = graph.replace(rig.definition(lines), Set.of(before));
        assertTrue(why.orElseThrow().toString().contains("AssertionError: no such format"), why.toString());
        camera.put("video", packet(2, 1));
        bad.await("saw 2");
    }

    private static final class Unreadable extends RuntimeException {

        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new IllegalStateException("nor this");
        }
    }

    private static final class Looking implements Analyzer<Sample> {

        private final Collector.Page page;
        private final boolean broken;

        Looking(Collector.Page page, boolean broken) {
            this.page = page;
            this.broken = broken;
        }

        @Override
        public void open(StageContext context) {}

        @Override
        public void format(Format format) {
            if (broken) {
                throw new AssertionError("no such format");
            }
        }

        @Override
        public void analyze(Sample sample, EventSink events) {
            page.write("saw " + sample.pts());
        }

        @Override
        public void close() {
            if (broken) {
                throw new AssertionError("nor can it be closed");
            }
        }
    }
}
