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
import io.levada.api.pipeline.State;
import io.levada.api.stage.Input;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whichever of the pipelines that share a stream comes, goes or changes, the others go on. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharingChangeTest extends SharingFixture {

    /** A live link is right to drop what is over two seconds, which are 2000 of the packets here. */
    private static final int UNDER_WAY = 1000;

    /** The numbers that did not come. */
    private List<Integer> lost(Collector.Page page) {
        var lost = new LinkedHashSet<>(all(number.get()));
        lost.removeAll(Set.copyOf(page.numbers()));
        return List.copyOf(lost);
    }

    @Test
    void aProducerThatVanishesAndComesBackIsNoEndToItsConsumers() {
        var lobby = start("lobby", LOBBY);
        var hall = start("hall", OUT, "out.from = lobby/pass");
        camera.put("video", VIDEO);
        send(camera, 3);
        awaitLast(page);
        lobby.stop();
        Rig.awaitProblem(hall, "there is no pipeline lobby");
        start("lobby", LOBBY);
        camera.put("video", VIDEO);
        send(camera, 3);
        awaitLast(page);
        assertEquals(all(6), page.numbers());
        assertEquals(List.of(), page.lines("drain"));
        assertEquals(1, page.lines("format").size(), "it is as before");
        Rig.await(hall, State.RUNNING);
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
        send(camera, 1);
        page.await("0 video 1");
        lobby.stop();
        Rig.awaitProblem(hall, "there is no pipeline lobby");
        var again = start("lobby", both);
        camera.put("audio", AUDIO);
        camera.put("audio", Packets.of(TimeBase.MILLIS, 1).at(2).keyframe((byte) 2));
        page.await("1 audio 2");
        camera.put("video", VIDEO);
        number.set(2);
        send(camera, 1);
        page.await("0 video 3");
        rig.change(again, "cam.type = source.camera", "ear.type = filter.pass", "ear.from = cam:audio");
        Rig.awaitProblem(hall, "lobby has no stage eye");
        rig.change(again, both);
        send(camera, 1);
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
    void aProducerThatIsMadeAnewBringsOutWhatItHolds() {
        String[] late = {"cam.type = source.camera", "pass.type = filter.late", "pass.from = cam"};
        var lobby = start("lobby", late);
        start("hall", OUT, "out.from = lobby/pass");
        camera.put("video", VIDEO);
        send(camera, 10);
        Await.until(
                "what is not held", () -> page.numbers(), () -> page.numbers().contains(5));
        assertEquals(
                List.of(),
                rig.change(lobby, "cam.type = source.camera", "pass.type = filter.pass", "pass.from = cam").stream()
                        .toList());
        assertEquals(List.of(), rig.change(lobby, LOBBY[0]).stream().toList());
        awaitLast(page);
        assertEquals(List.of(), rig.change(lobby, late).stream().toList());
        send(camera, 10);
        Await.until("more", () -> page.numbers(), () -> page.numbers().contains(15));
        assertEquals(List.of(), page.lines("drain"));
        assertEquals(1, page.lines("open").size());
    }

    @Test
    void aConsumerMovesBetweenItsOwnAndForeignStagesAtASampleBoundary() {
        start("lobby", LOBBY);
        String[] foreign = {OUT, "out.from = lobby/pass"};
        String[] own = {"pass.type = filter.pass", "pass.from = lobby/cam", OUT, "out.from = pass"};
        var hall = start("hall", foreign);
        camera.put("video", VIDEO);
        for (int i = 0; i < 20; i++) {
            send(camera, 5);
            awaitLast(page); // else the one is ahead of the other
            change(hall, i % 2 == 0 ? own : foreign);
            send(camera, 5);
            awaitLast(page);
        }
        assertIncreasing(page.numbers());
        assertEquals(1, page.lines("open").size());
        assertEquals(State.RUNNING, hall.state());
    }

    @Test
    void aChangeThatIsRolledBackLeavesNobodySubscribed() {
        start("lobby", LOBBY);
        var hall = start("hall", OUT, "out.from = lobby/pass");
        camera.put("video", VIDEO);
        send(camera, 3);
        awaitLast(page);
        shelf.put(Type.of("source.broken").emits("packet:video"), () -> new Feed(feed) {
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
        send(camera, 3);
        awaitLast(page);
        assertEquals(all(6), page.numbers());
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
                    send(camera, 1);
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
        assertEquals(all(number.get()), page.numbers());
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
