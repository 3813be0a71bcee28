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
import io.levada.api.stage.Request;
import io.levada.api.stage.Sink;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.testkit.Packets;
import io.levada.wiring.graph.Shelf.Type;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stage of one pipeline feeds stages of others, and whichever of them comes, goes or changes, the others go on. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharingTest {

    private static final Format VIDEO = Packets.video("h264", 64, 48);
    private static final Format AUDIO = Packets.audio("aac", 48_000, 2);
    private static final String[] LOBBY = {
        "cam.type = source.camera", "pass.type = filter.pass", "pass.from = cam",
    };
    private static final String OUT = "out.type = sink.page";

    /** A live link is right to drop what is over two seconds, which are 2000 of the packets here. */
    private static final int UNDER_WAY = 1000;

    private final Rig rig = new Rig();
    private final Shelf shelf = rig.shelf;
    private final Feed.Content camera = new Feed.Content(true);
    private final Feed.Content file = new Feed.Content(false);
    private final Collector.Page page = new Collector.Page();
    private final Collector.Page other = new Collector.Page();
    private final AtomicInteger number = new AtomicInteger();

    SharingTest() {
        shelf.put(Type.of("source.camera").emits("packet:video"), () -> new Feed(camera));
        shelf.put(Type.of("source.file").emits("packet:video"), () -> new Feed(file));
        shelf.put(Type.of("filter.pass").accepts("packet").emits("same"), Passage::new);
        shelf.put(Type.of("filter.late").accepts("packet").emits("same"), () -> new Passage(5));
        shelf.put(Type.of("filter.picky").accepts("packet").emits("same"), () -> Passage.refusing("h264"));
        shelf.put(Type.of("sink.page").accepts("packet"), () -> new Collector(page));
        shelf.put(Type.of("sink.other").accepts("packet"), () -> new Collector(other));
        shelf.put(Type.of("sink.frames").accepts("frame"), () -> new Collector(other));
    }

    @AfterEach
    void nothingIsLeft() {
        rig.close(camera, file);
    }

    private Graph start(String name, String... lines) {
        var graph = rig.make(name, lines);
        graph.start();
        return graph;
    }

    private void feed(Feed.Content content, int count) {
        for (int i = 0; i < count; i++) {
            int n = number.incrementAndGet();
            Packet packet = Packets.of(TimeBase.MILLIS, 1).at(n).keyframe((byte) n);
            content.put("video", packet);
        }
    }

    private static List<Integer> numbers(Collector.Page page) {
        return page.lines().stream()
                .filter(line -> line.contains(":video ") && !line.startsWith("format"))
                .map(line -> Integer.valueOf(line.substring(line.lastIndexOf(' ') + 1)))
                .toList();
    }

    private void awaitLast(Collector.Page where) {
        Await.until(
                "number " + number, () -> numbers(where), () -> numbers(where).contains(number.get()));
    }

    /** The numbers that did not come. */
    private List<Integer> lost(Collector.Page page) {
        var lost = new LinkedHashSet<>(all(number.get()));
        lost.removeAll(Set.copyOf(numbers(page)));
        return List.copyOf(lost);
    }

    private static List<Integer> all(int last) {
        return IntStream.rangeClosed(1, last).boxed().toList();
    }

    @Test
    void aStageFeedsThoseOfOtherPipelines() {
        start("lobby", LOBBY);
        var hall = start("hall", OUT, "out.from = lobby/pass");
        var yard = start("yard", "out.type = sink.other", "out.from = lobby/cam:video [max=100]");
        camera.put("video", VIDEO);
        feed(camera, 5);
        awaitLast(page);
        awaitLast(other);
        assertEquals(all(5), numbers(page));
        assertEquals(all(5), numbers(other));
        assertEquals(State.RUNNING, hall.state());
        assertEquals("lobby/pass:video", hall.links().get(0).from());
        assertEquals("lobby/cam:video", yard.links().get(0).from());
        assertEquals(100, yard.links().get(0).capacity());
    }

    @Test
    void aConsumerWaitsForAPipelineThatIsNotThereYet() {
        var hall = start("hall", OUT, "out.from = lobby/pass");
        Rig.awaitProblem(hall, "out.from  waits for lobby/pass (there is no pipeline lobby)");
        Rig.await(hall, State.WAITING);
        start("lobby", LOBBY);
        camera.put("video", VIDEO);
        feed(camera, 3);
        awaitLast(page);
        Rig.await(hall, State.RUNNING);
    }

    @Test
    void aStageThatAPipelineDoesNotHaveIsSaidWithWhatWasMeant() {
        start("lobby", LOBBY);
        var hall = start("hall", OUT, "out.from = lobby/pas");
        Rig.awaitProblem(hall, "waits for lobby/pas (lobby has no stage pas; did you mean pass?)");
    }

    @Test
    void whatElseIsInThePipelineRunsWhileItWaits() {
        var hall = start(
                "hall",
                OUT,
                "out.from = lobby/pass",
                "cam.type = source.camera",
                "mine.type = sink.other",
                "mine.from = cam");
        camera.put("video", VIDEO);
        feed(camera, 2);
        awaitLast(other);
        Rig.await(hall, State.DEGRADED);
    }

    @Test
    void aProducerThatVanishesAndComesBackIsNoEndToItsConsumers() {
        var lobby = start("lobby", LOBBY);
        var hall = start("hall", OUT, "out.from = lobby/pass");
        camera.put("video", VIDEO);
        feed(camera, 3);
        awaitLast(page);
        lobby.stop();
        Rig.awaitProblem(hall, "there is no pipeline lobby");
        start("lobby", LOBBY);
        camera.put("video", VIDEO);
        feed(camera, 3);
        awaitLast(page);
        assertEquals(all(6), numbers(page));
        assertEquals(List.of(), page.lines("drain"));
        assertEquals(1, page.lines("format").size(), "it is as before");
        Rig.await(hall, State.RUNNING);
    }

    @Test
    void whoJoinsARunningStreamIsOpenedBeforeItHearsOfIt() {
        start("lobby", LOBBY);
        camera.put("video", VIDEO);
        feed(camera, 1);
        for (int i = 0; i < 200; i++) {
            var hall = start("hall" + i, OUT, "out.from = lobby/pass");
            Rig.await(hall, State.RUNNING);
            assertEquals("", hall.stages().get(0).reason(), "chosen by what came");
        }
    }

    @Test
    void tracksThatComeBackInAnotherOrderComeBackToTheirInputs() {
        shelf.put(Type.of("sink.tracks").accepts("packet").many(), Numbered::new);
        String[] both = {
            "cam.type = source.camera",
            "eye.type = filter.pass",
            "eye.from = cam:video",
            "ear.type = filter.pass",
            "ear.from = cam:audio"
        };
        var lobby = start("lobby", both);
        var hall = start("hall", "out.type = sink.tracks", "out.from = lobby/eye, lobby/ear");
        camera.put("video", VIDEO);
        page.await("format 0 video");
        camera.put("audio", AUDIO);
        page.await("format 1 audio");
        feed(camera, 1);
        page.await("0 video 1");
        lobby.stop();
        Rig.awaitProblem(hall, "there is no pipeline lobby");
        var again = start("lobby", both);
        camera.put("audio", AUDIO);
        camera.put("audio", Packets.of(TimeBase.MILLIS, 1).at(2).keyframe((byte) 2));
        page.await("1 audio 2");
        camera.put("video", VIDEO);
        number.set(2);
        feed(camera, 1);
        page.await("0 video 3");
        rig.change(again, "cam.type = source.camera", "ear.type = filter.pass", "ear.from = cam:audio");
        Rig.awaitProblem(hall, "lobby has no stage eye");
        rig.change(again, both);
        feed(camera, 1);
        page.await("0 video 4");
        assertEquals(List.of(), page.lines("drain"));
    }

    /** A sink of several tracks that writes down on which input each sample came. */
    private final class Numbered implements Sink<Sample> {

        @Override
        public void open(StageContext context) {}

        @Override
        public void format(Input input, Format format) {
            page.write("format " + input.index() + " " + format.kind().word());
        }

        @Override
        public void process(Input input, Sample sample) {
            var kind = input.format().orElseThrow().kind().word();
            page.write(input.index() + " " + kind + " " + sample.pts());
        }

        @Override
        public void close() {}
    }

    @Test
    void aStageThatGoesByTheNamesOfItsInputsIsToldWhenTheyChange() {
        shelf.put(Type.of("route.named").accepts("packet").emits("same").alternatives(), Named::new);
        var lobby =
                start("lobby", LOBBY[0], "cam2.type = source.camera", "it.type = route.named", "it.from = cam, cam2");
        start("hall", OUT, "out.from = lobby/it");
        assertEquals(
                List.of(),
                rig
                        .change(lobby, LOBBY[0], "cam2.type = source.camera", "it.type = route.named", "it.from = cam2")
                        .stream()
                        .toList());
        page.await("from [cam2]");
        assertTrue(
                rig.change(lobby, LOBBY[0], "it.type = route.named", "it.from = cam")
                        .isPresent(),
                "it refuses that");
        assertEquals(1, page.lines("from").size());
    }

    @Test
    void oneOfSeveralAlternativesIsEnoughToWork() {
        shelf.put(Type.of("route.named").accepts("packet").emits("same").alternatives(), Named::new);
        start("lobby", LOBBY);
        var hall = start("hall", "it.type = route.named", "it.from = yard/pass, lobby/pass", OUT, "out.from = it");
        camera.put("video", VIDEO);
        feed(camera, 1);
        awaitLast(page);
        Rig.awaitProblem(hall, "it.from  waits for yard/pass (there is no pipeline yard)");
        Rig.await(hall, State.DEGRADED);
    }

    /** Passes all on, and refuses to do so for {@code cam} alone. */
    private final class Named extends Passage {

        @Override
        public boolean reconfigure(StageContext context) throws StageException {
            if (context.from().equals(List.of("cam"))) {
                throw StageException.invalid("not cam alone");
            }
            page.write("from " + context.from());
            return true;
        }
    }

    @Test
    void aProducerThatIsMadeAnewBringsOutWhatItHolds() {
        String[] late = {"cam.type = source.camera", "pass.type = filter.late", "pass.from = cam"};
        var lobby = start("lobby", late);
        start("hall", OUT, "out.from = lobby/pass");
        camera.put("video", VIDEO);
        feed(camera, 10);
        Await.until("what is not held", () -> numbers(page), () -> numbers(page).contains(5));
        assertEquals(
                List.of(),
                rig.change(lobby, "cam.type = source.camera", "pass.type = filter.pass", "pass.from = cam").stream()
                        .toList());
        assertEquals(List.of(), rig.change(lobby, LOBBY[0]).stream().toList());
        awaitLast(page);
        assertEquals(List.of(), rig.change(lobby, late).stream().toList());
        feed(camera, 10);
        Await.until("more", () -> numbers(page), () -> numbers(page).contains(15));
        assertEquals(List.of(), page.lines("drain"));
        assertEquals(1, page.lines("open").size());
    }

    @Test
    void aSourceThatEndsIsAnEndToAll() {
        start("lobby", "cam.type = source.file");
        var hall = start("hall", OUT, "out.from = lobby/cam");
        file.put("video", VIDEO);
        feed(file, 3);
        file.end();
        Rig.await(hall, State.ENDED);
        assertEquals(all(3), numbers(page));
    }

    @Test
    void aConsumerThatIsStuckHoldsUpNobodyElse() {
        page.shut();
        start("lobby", "cam.type = source.file", "mine.type = sink.other", "mine.from = cam");
        var hall = start("hall", OUT, "out.from = lobby/cam [max=10]");
        file.put("video", VIDEO);
        feed(file, 200);
        awaitLast(other);
        assertEquals(all(200), numbers(other));
        assertEquals("drop-to-keyframe", hall.links().get(0).policy());
        Await.until("drops", hall::dropped, () -> hall.dropped() > 0);
        page.open();
        awaitLast(page);
    }

    @Test
    void aLinkThatBlocksLosesNothingOfAFile() {
        page.shut();
        var hall = start("hall", OUT, "out.from = lobby/cam [policy=block max=10]");
        start("lobby", "cam.type = source.file");
        file.put("video", VIDEO);
        feed(file, 200);
        Await.until("it is held up", file::left, () -> file.left() < 195);
        page.open();
        awaitLast(page);
        assertEquals(all(200), numbers(page));
        assertEquals("block", hall.links().get(0).policy());
    }

    @Test
    void nobodyBlocksALiveStreamOfAnotherPipeline() {
        var hall = start("hall", OUT, "out.from = lobby/cam [policy=block]");
        start("lobby", LOBBY);
        camera.put("video", VIDEO);
        feed(camera, 1);
        awaitLast(page);
        assertEquals("drop-to-keyframe", hall.links().get(0).policy());
    }

    @Test
    void requestsGoToTheOtherPipeline() {
        start("lobby", LOBBY);
        start("hall", OUT, "out.from = lobby/pass");
        page.fault(sample -> {});
        var input = new AtomicInteger();
        shelf.put(Type.of("sink.asks").accepts("packet"), () -> new Asking(input));
        start("yard", "out.type = sink.asks", "out.from = lobby/pass");
        camera.put("video", VIDEO);
        feed(camera, 1);
        Await.until("the request", camera::requests, () -> camera.requests().equals(List.of(Request.keyframe())));
    }

    /** Asks for a keyframe with the first format. */
    private static final class Asking implements Sink<Sample> {

        private final AtomicInteger asked;

        Asking(AtomicInteger asked) {
            this.asked = asked;
        }

        @Override
        public void open(StageContext context) {}

        @Override
        public void format(Input input, Format format) {
            if (asked.getAndIncrement() == 0) {
                input.request(Request.keyframe());
            }
        }

        @Override
        public void process(Input input, Sample sample) {}

        @Override
        public void close() {}
    }

    @Test
    void whatDoesNotFitIsSaidAndMendedElsewhere() {
        start("lobby", LOBBY);
        var hall = start("hall", "out.type = sink.frames", "out.from = lobby/cam:video");
        camera.put("video", VIDEO);
        Rig.awaitProblem(hall, "out.from");
        Rig.await(hall, State.WAITING);
    }

    @Test
    void aConsumerMovesBetweenItsOwnAndForeignStagesAtASampleBoundary() {
        start("lobby", LOBBY);
        String[] foreign = {OUT, "out.from = lobby/pass"};
        String[] own = {"pass.type = filter.pass", "pass.from = lobby/cam", OUT, "out.from = pass"};
        var hall = start("hall", foreign);
        camera.put("video", VIDEO);
        for (int i = 0; i < 20; i++) {
            feed(camera, 5);
            awaitLast(page); // else the one is ahead of the other
            change(hall, i % 2 == 0 ? own : foreign);
            feed(camera, 5);
            awaitLast(page);
        }
        assertIncreasing(numbers(page));
        assertEquals(1, page.lines("open").size());
        assertEquals(State.RUNNING, hall.state());
    }

    @Test
    void aChangeThatIsRolledBackLeavesNobodySubscribed() {
        start("lobby", LOBBY);
        var hall = start("hall", OUT, "out.from = lobby/pass");
        camera.put("video", VIDEO);
        feed(camera, 3);
        awaitLast(page);
        shelf.put(Type.of("source.broken").emits("packet:video"), () -> new Feed(file) {
            @Override
            public void open(StageContext context) throws StageException {
                throw StageException.invalid("does not open");
            }
        });
        for (int i = 0; i < 5; i++) {
            var refused = hall.change(rig.named(
                    "hall",
                    OUT,
                    "out.from = lobby/cam",
                    "a.type = filter.late",
                    "a.from = lobby/pass",
                    "zz.type = source.broken"));
            assertTrue(refused.isPresent());
        }
        feed(camera, 3);
        awaitLast(page);
        assertEquals(all(6), numbers(page));
        assertEquals(1, page.lines("open").size());
        assertEquals(List.of("filter.pass", "sink.page", "source.camera"), shelf.taken());
    }

    private void change(Graph graph, String... lines) {
        assertEquals(List.of(), graph.change(rig.named("hall", lines)).stream().toList());
    }

    private static void assertIncreasing(List<Integer> numbers) {
        for (int i = 1; i < numbers.size(); i++) {
            assertTrue(numbers.get(i - 1) < numbers.get(i), "twice or out of order: " + numbers);
        }
    }

    /** Pipelines that come and go and change at random; the link that nobody touches loses nothing. */
    @Test
    void producersAndConsumersComeAndGo() throws Exception {
        long seed = Long.getLong("levada.seed", System.nanoTime());
        System.out.println("-Dlevada.seed=" + seed);
        var random = new Random(seed);
        start("lobby", LOBBY);
        start("kept", OUT, "out.from = lobby/pass [max=4000]");
        camera.put("video", VIDEO);
        var pacer = new Thread(() -> {
            while (!Thread.interrupted()) {
                if (camera.left() < 20 && number.get() - page.count() < UNDER_WAY) {
                    feed(camera, 1);
                } else {
                    Thread.onSpinWait();
                }
            }
        });
        pacer.start();
        var relay = new Graph[1];
        var ends = new Graph[3];
        for (int i = 0; i < 300; i++) {
            int which = random.nextInt(ends.length + 1);
            if (which == ends.length) {
                relay[0] = turn(random, relay[0], "relay", relay());
            } else {
                var from = List.of("lobby/cam", "lobby/pass", "relay/late", "relay/pass")
                        .get(random.nextInt(4));
                ends[which] = turn(random, ends[which], "end" + which, "out.type = sink.other", "out.from = " + from);
            }
        }
        pacer.interrupt();
        pacer.join();
        awaitLast(page);
        assertEquals(List.of(), lost(page), () -> "of " + number);
        assertEquals(all(number.get()), numbers(page));
    }

    private static String[] relay() {
        return new String[] {
            "late.type = filter.late", "late.from = lobby/cam", "pass.type = filter.pass", "pass.from = late"
        };
    }

    /** Starts, changes or stops it. */
    private Graph turn(Random random, Graph graph, String name, String... lines) {
        if (graph == null) {
            return start(name, lines);
        }
        if (random.nextBoolean()) {
            graph.stop();
            return null;
        }
        assertEquals(List.of(), graph.change(rig.named(name, lines)).stream().toList());
        return graph;
    }
}
