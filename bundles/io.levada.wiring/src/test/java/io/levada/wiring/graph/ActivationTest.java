/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.levada.api.media.Format;
import io.levada.api.media.Sample;
import io.levada.api.media.TimeBase;
import io.levada.api.pipeline.StageStatus;
import io.levada.api.pipeline.State;
import io.levada.api.stage.Input;
import io.levada.api.stage.Sink;
import io.levada.api.stage.StageContext;
import io.levada.testkit.Packets;
import io.levada.wiring.graph.Shelf.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Stages on demand work while somebody needs what they put out, and sleep else. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ActivationTest {

    private static final Format VIDEO = Packets.video("h264", 64, 48);
    private static final String[] BRANCH = {
        "cam.type = source.camera",
        "one.type = filter.pass",
        "one.from = cam",
        "one.activation = on-demand",
        "one.linger = 50 ms",
        "two.type = filter.pass",
        "two.from = one",
        "two.activation = on-demand",
        "two.linger = 50 ms",
        "live.type = server.page",
        "live.from = two",
    };

    private final Rig rig = new Rig();
    private final Shelf shelf = rig.shelf;
    private final Feed.Content camera = new Feed.Content(true);
    private final Collector.Page page = new Collector.Page();
    private final AtomicBoolean watched = new AtomicBoolean();
    private final AtomicInteger number = new AtomicInteger();

    ActivationTest() {
        shelf.put(Type.of("source.camera").emits("packet:video"), () -> new Feed(camera));
        shelf.put(Type.of("filter.pass").accepts("packet").emits("same"), Passage::new);
        shelf.put(Type.of("server.page").accepts("packet").many(), () -> new Server(new Collector(page)));
        shelf.put(Type.of("sink.page").accepts("packet"), () -> new Collector(page));
    }

    @AfterEach
    void nothingIsLeft() {
        rig.close(camera);
    }

    /** Needs what comes while it is watched. */
    private final class Server implements Sink<Sample> {

        private final Collector all;

        Server(Collector all) {
            this.all = all;
        }

        @Override
        public void open(StageContext context) {
            context.demand(watched::get);
            all.open(context);
        }

        @Override
        public void format(Input input, Format format) {
            all.format(input, format);
        }

        @Override
        public void process(Input input, Sample sample) throws Exception {
            all.process(input, sample);
        }

        @Override
        public void flush() {
            all.flush();
        }

        @Override
        public void close() {
            all.close();
        }
    }

    private void feed(int count) {
        for (int i = 0; i < count; i++) {
            int n = number.incrementAndGet();
            camera.put("video", Packets.of(TimeBase.MILLIS, 1).at(n).keyframe((byte) n));
        }
    }

    private static StageStatus stage(Graph graph, String name) {
        return graph.stages().stream()
                .filter(stage -> stage.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void awaitAsleep(Graph graph, String... names) {
        Await.until("asleep: " + List.of(names), graph::stages, () -> Arrays.stream(names)
                .allMatch(name -> stage(graph, name).reason().equals("asleep: nobody watches")));
    }

    private static void awaitAwake(Graph graph, String... names) {
        Await.until("awake: " + List.of(names), graph::stages, () -> Arrays.stream(names)
                .noneMatch(name -> stage(graph, name).reason().startsWith("asleep")));
    }

    private void awaitLast() {
        Await.until("number " + number, page::lines, () -> page.lines().stream()
                .anyMatch(line -> line.endsWith(":video " + number)));
    }

    @Test
    void whoSleepsSaysThatThereIsNothingToWakeUpFor() {
        var graph = rig.make(
                "hall",
                "one.type = filter.pass",
                "one.from = lobby/cam",
                "one.activation = on-demand",
                "one.linger = 1 ms",
                "live.type = server.page",
                "live.from = one");
        graph.start();
        Await.until("it sleeps", graph::stages, () -> shelf.taken().equals(List.of("server.page")));
        Rig.awaitProblem(graph, "one.from  waits for lobby/cam (there is no pipeline lobby)");
        assertEquals(State.WAITING, graph.state());
        rig.start(BRANCH);
        Rig.await(graph, State.RUNNING);
    }

    @Test
    void aBranchWithoutViewersSleepsOnceItHasShownItsFormat() {
        var graph = rig.start(BRANCH);
        camera.put("video", VIDEO);
        awaitAsleep(graph, "one", "two");
        page.await("format two:video video packet");
        assertEquals(List.of("server.page", "source.camera"), shelf.taken(), "closed");
        long before = stage(graph, "one").samplesIn();
        feed(20);
        Await.until("the camera runs on", camera::left, () -> camera.left() == 0);
        assertEquals(before, stage(graph, "one").samplesIn());
        assertEquals(State.RUNNING, graph.state());
        assertEquals(List.of(), graph.problems());
    }

    @Test
    void itWakesForAViewerAndSleepsAgainAfterAWhile() {
        var graph = rig.start(BRANCH);
        camera.put("video", VIDEO);
        for (int i = 0; i < 5; i++) {
            awaitAsleep(graph, "one", "two");
            feed(3);
            watched.set(true);
            awaitAwake(graph, "one", "two");
            feed(3);
            awaitLast();
            watched.set(false);
        }
        awaitAsleep(graph, "one", "two");
        assertEquals(1, page.lines("format").size(), "it is the same stream to who watches");
        assertEquals(1, page.lines("open").size());
    }

    @Test
    void whoFallsAsleepTakesWhatIsStaleAway() {
        var graph = rig.start(BRANCH);
        watched.set(true);
        camera.put("video", VIDEO);
        feed(3);
        awaitLast();
        watched.set(false);
        page.await("flush");
        awaitAsleep(graph, "two");
    }

    @Test
    void whoElseTakesFromItKeepsItAwake() {
        var lines = new ArrayList<>(List.of(BRANCH));
        lines.addAll(List.of("rec.type = sink.page", "rec.from = one"));
        var graph = rig.start(lines.toArray(String[]::new));
        camera.put("video", VIDEO);
        awaitAsleep(graph, "two");
        feed(5);
        awaitLast();
        awaitAwake(graph, "one");
    }

    @Test
    void aSourceOnDemandIsOnlyOpenWhileSomebodyWatches() {
        var graph = rig.start(
                "cam.type = source.camera",
                "cam.activation = on-demand",
                "cam.linger = 50 ms",
                "live.type = server.page",
                "live.from = cam");
        camera.put("video", VIDEO);
        awaitAsleep(graph, "cam");
        Await.until("closed", shelf::taken, () -> shelf.taken().equals(List.of("server.page")));
        camera.put("video", VIDEO);
        feed(3);
        watched.set(true);
        awaitLast();
        Rig.await(graph, State.RUNNING);
        watched.set(false);
        awaitAsleep(graph, "cam");
        Await.until("closed", shelf::taken, () -> shelf.taken().equals(List.of("server.page")));
    }

    @Test
    void aSourceThatTakesThePlaceOfOneThatSleepsIsOpenedOnceAndSleepsToo() {
        var opened = new AtomicInteger();
        shelf.put(Type.of("source.fresh").emits("packet:video"), () -> new Feed(camera) {

            @Override
            public void open(StageContext context) {
                opened.incrementAndGet();
            }
        });
        var lines = new String[] {
            "cam.type = source.camera",
            "cam.activation = on-demand",
            "cam.linger = 1 ms",
            "live.type = server.page",
            "live.from = cam"
        };
        var graph = rig.start(lines);
        camera.put("video", VIDEO);
        awaitAsleep(graph, "cam");
        lines[0] = "cam.type = source.fresh";
        assertEquals(List.of(), rig.change(graph, lines).stream().toList());
        Await.until("closed", shelf::taken, () -> shelf.taken().equals(List.of("server.page")));
        assertEquals(1, opened.get());
        awaitAsleep(graph, "cam");
    }

    @Test
    void aViewerInAnotherPipelineIsAViewer() {
        var lobby = rig.start(Arrays.copyOf(BRANCH, 9));
        camera.put("video", VIDEO);
        awaitAsleep(lobby, "one", "two");
        var hall = rig.make("hall", "live.type = server.page", "live.from = lobby/two");
        watched.set(true);
        hall.start();
        awaitAwake(lobby, "one", "two");
        feed(3);
        awaitLast();
        watched.set(false);
        awaitAsleep(lobby, "one", "two");
        assertEquals(State.RUNNING, hall.state());
        watched.set(true);
        awaitAwake(lobby, "one", "two");
        hall.stop();
        awaitAsleep(lobby, "one", "two");
    }

    @Test
    void aChangeReachesWhoIsAsleep() {
        var graph = rig.start(BRANCH);
        camera.put("video", VIDEO);
        awaitAsleep(graph, "one", "two");
        var lines = Arrays.copyOf(BRANCH, BRANCH.length);
        lines[8] = "two.linger = 60 ms";
        assertEquals(List.of(), rig.change(graph, lines).stream().toList());
        awaitAsleep(graph, "one", "two");
        lines[7] = "two.activation = always";
        lines[3] = "one.activation = always";
        assertEquals(List.of(), rig.change(graph, lines).stream().toList());
        awaitAwake(graph, "one", "two");
        feed(3);
        awaitLast();
        assertEquals(List.of(), rig.change(graph, BRANCH).stream().toList());
        awaitAsleep(graph, "one", "two");
    }

    @Test
    void anEndReachesThoseWhoAreAsleep() {
        var graph = rig.start(BRANCH);
        camera.put("video", VIDEO);
        awaitAsleep(graph, "one", "two");
        camera.end();
        Rig.await(graph, State.ENDED);
    }

    @Test
    void aHundredComingsAndGoingsLeaveNothing() {
        long seed = Long.getLong("levada.seed", System.nanoTime());
        System.out.println("-Dlevada.seed=" + seed);
        var random = new Random(seed);
        var lines = Arrays.copyOf(BRANCH, BRANCH.length);
        lines[4] = "one.linger = 0 ms";
        lines[8] = "two.linger = 10 ms";
        var graph = rig.start(lines);
        camera.put("video", VIDEO);
        for (int i = 0; i < 100; i++) {
            watched.set(true);
            feed(random.nextInt(5));
            if (random.nextBoolean()) {
                awaitAwake(graph, "one", "two");
            }
            watched.set(false);
            feed(random.nextInt(5));
            if (random.nextBoolean()) {
                awaitAsleep(graph, "one", "two");
            }
        }
        awaitAsleep(graph, "one", "two");
        watched.set(true);
        awaitAwake(graph, "one", "two");
        feed(3);
        awaitLast();
    }
}
