/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Format;
import io.levada.api.media.Packet;
import io.levada.api.media.TimeBase;
import io.levada.api.pipeline.Problem;
import io.levada.api.pipeline.State;
import io.levada.testkit.Packets;
import io.levada.wiring.graph.Await;
import io.levada.wiring.graph.Collector;
import io.levada.wiring.graph.Engine;
import io.levada.wiring.graph.Feed;
import io.levada.wiring.graph.Rig;
import io.levada.wiring.graph.Shelf;
import io.levada.wiring.graph.Shelf.Type;
import io.levada.wiring.type.StageTypeEntry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A pipeline through its definitions. */
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PipelineTest {

    private static final Format VIDEO = Packets.video("h264", 64, 48);

    private final Shelf shelf = new Shelf();
    private final Engine engine = Engine.start(Path.of("."), Path.of("elsewhere"), shelf, pid -> Map.of());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Pipeline pipeline = new Pipeline("lobby", engine, new SerialExecutor(threads));
    private final Feed.Content camera = new Feed.Content(true);
    private final Collector.Page page = new Collector.Page();

    PipelineTest() {
        shelf.put(Type.of("source.camera").emits("packet:video"), () -> new Feed(camera));
        shelf.put(Type.of("sink.page").accepts("packet"), () -> new Collector(page));
    }

    @AfterEach
    void nothingIsLeft() throws InterruptedException {
        pipeline.remove().join();
        engine.close();
        threads.shutdown();
        assertTrue(threads.awaitTermination(10, TimeUnit.SECONDS));
        camera.discard();
        assertEquals(List.of(), shelf.taken());
    }

    private static Packet packet(long number) {
        return Packets.of(TimeBase.MILLIS, 1).at(number).keyframe((byte) number);
    }

    private void await(State state) {
        Await.until(
                "state " + state,
                () -> pipeline.status().state() + " " + pipeline.status().problems(),
                () -> pipeline.status().state() == state);
    }

    private List<String> problems() {
        return pipeline.status().problems().stream().map(Problem::toString).toList();
    }

    private void awaitProblem(String problem) {
        Await.until(problem, this::problems, () -> problems().contains(problem));
    }

    private void add(StageTypeEntry entry) {
        pipeline.typeAdded(entry);
    }

    private void run() {
        pipeline.define(Rig.keys("cam.type = source.camera", "out.type = sink.page", "out.from = cam"));
        camera.put("video", VIDEO).put("video", packet(1));
        page.await("cam:video 1");
        await(State.RUNNING);
    }

    @Test
    void equalContentDoesNothing() {
        run();
        pipeline.define(Rig.keys("out.from = cam", "cam.type = source.camera", "out.type = sink.page"));
        camera.put("video", packet(2));
        page.await("cam:video 2");
        assertEquals(1, page.lines("open").size());
    }

    @Test
    void aChangeIsTaken() {
        run();
        pipeline.define(Rig.keys(
                "cam.type = source.camera",
                "out.type = sink.page",
                "out.from = cam",
                "more.type = sink.page",
                "more.from = cam"));
        page.await("open", 2);
        camera.put("video", packet(2));
        page.await("cam:video 2", 2);
        assertEquals(List.of(), page.lines("close"));
    }

    @Test
    void whatRanBeforeGoesOnWhileTheNewestIsInvalid() {
        run();
        pipeline.define(Rig.keys("cam.type = source.camera", "out.type = sink.page", "out.from = cm"));
        await(State.INVALID);
        assertEquals(List.of("out.from  cm is no stage of this pipeline; did you mean cam?"), problems());
        camera.put("video", packet(2));
        page.await("cam:video 2");
        pipeline.define(Rig.keys("cam.type = source.camera", "out.type = sink.page", "out.from = cam"));
        await(State.RUNNING);
        camera.put("video", packet(3));
        page.await("cam:video 3");
        assertEquals(1, page.lines("open").size(), "it never stopped");
    }

    @Test
    void anEmptyFileIsInvalid() {
        pipeline.define(Rig.keys());
        await(State.INVALID);
        assertEquals(List.of("has no stage; a stage is a line such as cam.type = source.media"), problems());
    }

    @Test
    void oneThatIsSwitchedOffIsStopped() {
        run();
        pipeline.define(
                Rig.keys("enabled = false", "cam.type = source.camera", "out.type = sink.page", "out.from = cam"));
        await(State.STOPPED);
        Await.until("all given back", shelf::taken, () -> shelf.taken().isEmpty());
    }

    @Test
    void onlyTheNewestOfManyIsApplied() {
        for (int i = 0; i < 100; i++) {
            pipeline.define(
                    Rig.keys("cam.type = source.camera", "out" + i + ".type = sink.page", "out" + i + ".from = cam"));
        }
        Await.until("the last", () -> pipeline.status().stages(), () -> pipeline.status().stages().stream()
                .anyMatch(stage -> stage.name().equals("out99")));
        assertTrue(page.lines("open").size() < 100);
    }

    @Test
    void aTypeThatTurnsUpLateIsCheckedLikeOneThatWasThere() {
        pipeline.define(Rig.keys("cam.type = source.camera", "look.type = analyzer.late", "look.from = cam"));
        awaitProblem("look.type  waits for stage type analyzer.late (no bundle provides it)");
        camera.put("video", VIDEO);
        var entry = shelf.put(Type.of("analyzer.late").accepts("frame:video"), () -> new Collector(page));
        add(entry);
        awaitProblem(
                "look.from  cam carries video packets, analyzer.late takes video frames; put a decoder in between");
        assertEquals(1, problems().size());
        await(State.INVALID);
        shelf.remove(entry);
        pipeline.typeRemoved(entry).join();
        awaitProblem("look.type  waits for stage type analyzer.late (no bundle provides it)");
    }

    @Test
    void whatWasRefusedIsTakenWhenATypeTurnsUpThatMakesItRight() {
        pipeline.define(
                Rig.keys("cam.type = source.camera", "out.type = sink.page", "out.from = cam", "out.ffmpeg.x = 1"));
        await(State.INVALID);
        add(shelf.put(Type.of("sink.page").accepts("packet").extras("ffmpeg."), () -> new Collector(page)));
        camera.put("video", VIDEO).put("video", packet(1));
        page.await("cam:video 1");
        await(State.RUNNING);
    }

    @Test
    void aTypeThatGoesWhileThePipelineStopsIsWaitedFor() {
        run();
        page.shut();
        camera.put("video", packet(2));
        Await.until("at work", camera::left, () -> camera.left() == 0);
        var removed = pipeline.remove();
        var sink = shelf.providers("sink.page").get(0);
        shelf.remove(sink);
        var gone = pipeline.typeRemoved(sink);
        assertFalse(gone.isDone(), "its code is still at work");
        page.open();
        gone.join();
        removed.join();
        assertEquals(List.of(), shelf.taken());
    }

    @Test
    void removingIsForGood() {
        run();
        pipeline.remove().join();
        assertEquals(List.of(), shelf.taken());
        assertEquals("close", page.lines().get(page.lines().size() - 1));
    }
}
