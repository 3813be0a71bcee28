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
import io.levada.api.stage.Input;
import io.levada.api.stage.Output;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.Transform;
import io.levada.testkit.Packets;
import io.levada.wiring.graph.Shelf.Type;
import io.levada.wiring.type.StageTypeEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A running graph becomes another one, and what the change does not concern loses and doubles nothing. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChangeTest {

    private static final Format VIDEO = Packets.video("h264", 64, 48);
    private static final String CAM = "cam.type = source.camera";
    private static final String OUT = "out.type = sink.page";

    private final Rig rig = new Rig();
    private final Shelf shelf = rig.shelf;
    /** Not live, so that nothing is dropped however slow the machine is. */
    private final Feed.Content camera = new Feed.Content(false);

    private final Collector.Page page = new Collector.Page();
    private final Collector.Page other = new Collector.Page();
    private final AtomicInteger number = new AtomicInteger();
    private final AtomicInteger made = new AtomicInteger();

    ChangeTest() {
        shelf.put(Type.of("source.camera").emits("packet:video"), () -> new Feed(camera));
        shelf.put(Type.of("filter.pass").accepts("packet").emits("same"), Passage::new);
        shelf.put(Type.of("filter.late").accepts("packet").emits("same"), () -> new Passage(5));
        shelf.put(Type.of("filter.picky").accepts("packet").emits("same"), () -> Passage.refusing("h264"));
        shelf.put(Type.of("filter.set").accepts("packet").emits("same").extras("x."), Settable::new);
        shelf.put(Type.of("sink.page").accepts("packet"), () -> new Collector(page));
        shelf.put(Type.of("sink.other").accepts("packet"), () -> new Collector(other));
        shelf.put(Type.of("sink.many").accepts("packet").many(), () -> new Collector(other));
    }

    @AfterEach
    void nothingIsLeft() {
        rig.close(camera);
    }

    /** Says by its parameters what it does: takes them while it runs, refuses to be opened, or neither. */
    private final class Settable implements Transform<Sample> {

        private final int id = made.incrementAndGet();

        @Override
        public void open(StageContext context) throws StageException {
            look(context);
            page.write("set " + id + " opened with " + context.extras("x."));
        }

        private void look(StageContext context) throws StageException {
            if (context.extras("x.").containsKey("bad")) {
                throw StageException.invalid("can't be bad").parameter("x.bad");
            }
        }

        @Override
        public boolean reconfigure(StageContext context) throws StageException {
            look(context);
            if (context.extras("x.").containsKey("new")) {
                return false;
            }
            page.write("set " + id + " now " + context.extras("x."));
            return true;
        }

        @Override
        public void format(Input input, Format format, Output out) {
            out.format(format);
        }

        @Override
        public void process(Input input, Sample sample, Output out) {
            sample.retain();
            out.emit(sample);
        }

        @Override
        public void drain(Output out) {}

        @Override
        public void flush() {}

        @Override
        public void close() {
            page.write("set " + id + " closed");
        }
    }

    private Packet next() {
        int n = number.incrementAndGet();
        var packet = Packets.of(TimeBase.MILLIS, 1).at(n);
        return n % 5 == 1 ? packet.keyframe((byte) n) : packet.delta((byte) n);
    }

    private void feed(int count) {
        for (int i = 0; i < count; i++) {
            camera.put("video", next());
        }
    }

    private Graph run(String... lines) {
        var graph = rig.start(lines);
        camera.put("video", VIDEO);
        feed(3);
        return graph;
    }

    private void change(Graph graph, String... lines) {
        assertEquals(List.of(), rig.change(graph, lines).stream().toList());
    }

    private String refused(Graph graph, String... lines) {
        return rig.change(graph, lines).orElseThrow().toString();
    }

    private static List<Integer> all(int last) {
        return IntStream.rangeClosed(1, last).boxed().toList();
    }

    private void awaitLast(Collector.Page where) {
        where.awaitNumber(number.get());
    }

    @Test
    void aBranchThatIsAddedBeginsWithTheGroupOfPicturesThatIsOnItsWay() {
        var graph = run(CAM, OUT, "out.from = cam");
        feed(5); // the keyframes are 1 and 6
        awaitLast(page);
        change(graph, CAM, OUT, "out.from = cam", "more.type = sink.other", "more.from = cam");
        feed(4);
        awaitLast(other);
        awaitLast(page);
        assertEquals(all(12), page.numbers());
        assertEquals(all(12).subList(5, 12), other.numbers());
        assertEquals(1, page.lines("open").size());
        assertEquals(State.RUNNING, graph.state());
    }

    @Test
    void aBranchThatIsRemovedIsDrainedAndClosedWhileTheOthersGoOn() {
        var graph = run(
                CAM,
                OUT,
                "out.from = cam",
                "late.type = filter.late",
                "late.from = cam",
                "more.type = sink.other",
                "more.from = late");
        awaitLast(page);
        change(graph, CAM, OUT, "out.from = cam");
        assertEquals(all(3), other.numbers(), "all that was on its way");
        assertEquals(
                List.of("drain", "close"),
                other.lines().subList(other.lines().size() - 2, other.lines().size()));
        feed(3);
        awaitLast(page);
        assertEquals(all(6), page.numbers());
        assertEquals(List.of("sink.page", "source.camera"), shelf.taken());
    }

    @Test
    void aFilterThatIsPutInBetweenAndTakenOutAgainCostsNoSample() throws Exception {
        var graph = run(CAM, OUT, "out.from = cam");
        var feeding = feedOn();
        for (int i = 0; i < 20; i++) {
            change(graph, CAM, OUT, "late.type = filter.late", "late.from = cam", "out.from = late");
            change(graph, CAM, OUT, "out.from = cam");
        }
        feeding.end();
        awaitLast(page);
        assertEquals(1, page.numbers().get(0));
        assertNoGap(page.numbers());
        assertEquals(1, page.lines("open").size());
        assertEquals(List.of(), page.lines("close"));
    }

    @Test
    void aStageThatGivesWayToOneOfAnotherTypeCostsNoSample() throws Exception {
        var graph = run(CAM, OUT, "f.type = filter.pass", "f.from = cam", "out.from = f");
        var feeding = feedOn();
        for (int i = 0; i < 20; i++) {
            change(graph, CAM, OUT, "f.type = filter.late", "f.from = cam", "out.from = f");
            change(graph, CAM, OUT, "f.type = filter.pass", "f.from = cam", "out.from = f");
        }
        feeding.end();
        awaitLast(page);
        assertEquals(1, page.numbers().get(0));
        assertNoGap(page.numbers());
        assertEquals(1, page.lines("open").size());
    }

    @Test
    void parametersThatAStageTakesWhileItRunsDoNotReplaceIt() {
        var graph = run(CAM, OUT, "f.type = filter.set", "f.from = cam", "f.x.a = 1", "out.from = f");
        awaitLast(page);
        change(graph, CAM, OUT, "f.type = filter.set", "f.from = cam", "f.x.a = 2", "out.from = f");
        assertEquals(List.of("set 2 opened with {a=1}", "set 2 now {a=2}"), page.lines("set"));
        change(graph, CAM, OUT, "f.type = filter.set", "f.from = cam", "f.x.new = 3", "out.from = f");
        feed(2);
        awaitLast(page);
        page.await("set 2 closed");
        assertEquals(all(5), page.numbers());
    }

    @Test
    void aStageThatCanNotBeOpenedLeavesAllAsItWas() {
        String[] before = {CAM, OUT, "f.type = filter.set", "f.from = cam", "f.x.a = 1", "out.from = f"};
        var graph = run(before);
        awaitLast(page);
        var reason = refused(
                graph,
                CAM,
                OUT,
                "f.type = filter.set",
                "f.from = cam",
                "f.x.a = 2",
                "out.from = f",
                "more.type = sink.other",
                "more.from = cam",
                "zz.type = filter.set",
                "zz.from = cam",
                "zz.x.bad = 1");
        assertTrue(reason.contains("zz.x.bad") && reason.contains("can't be bad"), reason);
        feed(4);
        awaitLast(page);
        assertEquals(all(7), page.numbers());
        assertEquals(List.of("set 2 opened with {a=1}", "set 2 now {a=2}", "set 2 now {a=1}"), page.lines("set 2"));
        assertEquals(List.of(), other.numbers());
        assertEquals(List.of("filter.set", "sink.page", "source.camera"), shelf.taken());
        assertEquals(State.RUNNING, graph.state());
    }

    @Test
    void aStageThatRefusesWhatFlowsLeavesTheOneBefore() {
        var graph = run(CAM, OUT, "f.type = filter.late", "f.from = cam", "out.from = f");
        page.await("format f:video video packet");
        var reason = refused(graph, CAM, OUT, "f.type = filter.picky", "f.from = cam", "out.from = f");
        assertTrue(reason.contains("f") && reason.contains("can't do h264"), reason);
        feed(6);
        Await.until(
                "what is not held", () -> page.numbers(), () -> page.numbers().contains(4));
        graph.stop();
        assertEquals(all(9), page.numbers());
    }

    @Test
    void aSinkWithOtherInputsGivesWayToAnother() {
        var graph = run(CAM, "f.type = filter.pass", "f.from = cam", "all.type = sink.many", "all.from = cam");
        awaitLast(other);
        change(graph, CAM, "f.type = filter.pass", "f.from = cam", "all.type = sink.many", "all.from = f");
        feed(3);
        awaitLast(other);
        assertEquals(2, other.lines("open").size());
        assertEquals(1, other.lines("close").size());
    }

    @Test
    void aSourceOfOtherParametersTakesOverItsTracks() {
        shelf.put(Type.of("source.other").emits("packet:video"), () -> new Feed(camera));
        var graph = run(CAM, OUT, "out.from = cam");
        awaitLast(page);
        change(graph, "cam.type = source.other", OUT, "out.from = cam");
        Await.until("the other one", shelf::taken, () -> shelf.taken().equals(List.of("sink.page", "source.other")));
        camera.put("video", VIDEO);
        feed(3);
        awaitLast(page);
        assertEquals(all(6), page.numbers());
        assertEquals(1, page.lines("open").size());
    }

    @Test
    void aStageThatFailedIsMadeAnewWithTheNextDefinition() {
        page.fault(sample -> {
            throw StageException.failed("broken");
        });
        var graph = run(CAM, OUT, "out.from = cam");
        Rig.awaitProblem(graph, "broken");
        page.fault(sample -> {});
        change(graph, CAM, OUT, "out.from = cam [max=10]");
        Rig.await(graph, State.FAILED); // nothing says that this helps
        change(graph, CAM, "out.type = sink.other", "out.from = cam");
        Rig.await(graph, State.RUNNING);
        feed(3);
        awaitLast(other);
    }

    @Test
    void aSourceThatGaveUpIsMadeAnewWhenItsTypeComesBack() {
        var broken = shelf.put(Type.of("source.broken").emits("packet:video"), () -> new Feed(camera) {
            @Override
            public void open(StageContext context) throws StageException {
                throw StageException.failed("broken for good");
            }
        });
        String[] lines = {"cam.type = source.broken", OUT, "out.from = cam"};
        var graph = rig.start(lines);
        Rig.await(graph, State.FAILED);
        rig.remove(broken);
        var mended = shelf.put(Type.of("source.broken").emits("packet:video"), () -> new Feed(camera));
        assertEquals(Optional.empty(), graph.revive(rig.definition(lines), mended));
        camera.put("video", VIDEO);
        feed(3);
        awaitLast(page);
        Rig.await(graph, State.RUNNING);
    }

    /** Random definitions: a sample that reached the raw sink reached it once, and branches begin anywhere but have no gaps. */
    @Test
    void randomChangesCostTheUnchangedBranchNothing() throws Exception {
        long seed = Long.getLong("levada.seed", System.nanoTime());
        System.out.println("-Dlevada.seed=" + seed);
        var random = new Random(seed);
        var graph = run(CAM, OUT, "out.from = cam");
        var feeding = feedOn();
        for (int i = 0; i < 100; i++) {
            var lines = new ArrayList<>(List.of(CAM, OUT, "out.from = cam"));
            String last = "cam";
            for (var filter : List.of("a", "b", "c")) {
                if (random.nextBoolean()) {
                    var type =
                            List.of("filter.pass", "filter.late", "filter.set").get(random.nextInt(3));
                    lines.addAll(List.of(filter + ".type = " + type, filter + ".from = " + last));
                    if (type.equals("filter.set")) {
                        lines.add(filter + ".x." + List.of("a", "new").get(random.nextInt(2)) + " = "
                                + random.nextInt(3));
                    }
                    last = filter;
                }
            }
            lines.addAll(List.of("more.type = sink.other", "more.from = " + last));
            boolean bad = random.nextInt(4) == 0;
            if (bad) {
                lines.addAll(List.of("zz.type = filter.set", "zz.from = cam", "zz.x.bad = 1"));
                refused(graph, lines.toArray(String[]::new));
            } else {
                change(graph, lines.toArray(String[]::new));
            }
        }
        feeding.end();
        awaitLast(page);
        assertEquals(1, page.numbers().get(0));
        assertNoGap(page.numbers());
        assertNoGap(other.numbers());
    }

    private static void assertNoGap(List<Integer> numbers) {
        for (int i = 1; i < numbers.size(); i++) {
            int at = i;
            assertEquals(
                    numbers.get(i - 1) + 1, numbers.get(i), () -> "after " + numbers.subList(Math.max(0, at - 9), at));
        }
    }

    private interface Feeding {
        void end() throws InterruptedException;
    }

    /** Feeds until it is closed, a sample each fraction of a millisecond. */
    private Feeding feedOn() {
        var over = new AtomicBoolean();
        var thread = new Thread(() -> {
            while (!over.get()) {
                if (camera.left() < 20) {
                    feed(1);
                } else {
                    Thread.onSpinWait();
                }
            }
        });
        thread.start();
        return () -> {
            over.set(true);
            thread.join();
        };
    }

    @Test
    void aSourceWhoseTypeGoesBeforeItTakesOverIsGivenBack() {
        var graph = rig.start(CAM, OUT, "out.from = cam");
        Await.until("it is open", shelf::taken, () -> shelf.taken().size() == 2);
        var gone = new AtomicReference<StageTypeEntry>();
        gone.set(shelf.put(Type.of("source.gone").emits("packet:video"), () -> new Feed(camera) {

            @Override
            public void open(StageContext context) {
                shelf.remove(gone.get());
            }
        }));
        assertEquals(Optional.empty(), rig.change(graph, "cam.type = source.gone", OUT, "out.from = cam"));
        Await.until("given back", shelf::taken, () -> shelf.taken().equals(List.of("sink.page")));
        Rig.awaitProblem(graph, "source.gone");
    }
}
