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
import io.levada.api.media.Sample;
import io.levada.api.media.TimeBase;
import io.levada.api.pipeline.Problem;
import io.levada.api.pipeline.State;
import io.levada.api.stage.Input;
import io.levada.api.stage.Sink;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.testkit.Packets;
import io.levada.wiring.graph.Await;
import io.levada.wiring.graph.Collector;
import io.levada.wiring.graph.Engine;
import io.levada.wiring.graph.Feed;
import io.levada.wiring.graph.Rig;
import io.levada.wiring.graph.Shelf;
import io.levada.wiring.graph.Shelf.Type;
import io.levada.wiring.revision.KeptRevision;
import io.levada.wiring.revision.Origins;
import io.levada.wiring.revision.RevisionStore;
import io.levada.wiring.type.StageTypeEntry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline through its definitions. */
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PipelineTest {

    private static final Format VIDEO = Packets.video("h264", 64, 48);

    private final Shelf shelf = new Shelf();
    private final Engine engine = Engine.start(Path.of("."), Path.of("elsewhere"), shelf, pid -> Map.of());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private RevisionStore store;
    private Pipeline pipeline;
    private final Feed.Content camera = new Feed.Content(true);
    private final Collector.Page page = new Collector.Page();

    @BeforeEach
    void put(@TempDir Path data) {
        store = new RevisionStore(data);
        pipeline = new Pipeline(
                "lobby", engine, new SerialExecutor(threads), new History("lobby", store, PipelineTest::secrets));
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

    private static Map<String, String> secrets(Map<String, String> keys) {
        var filledIn = new TreeMap<>(keys);
        filledIn.replaceAll((key, value) -> value.replace("$[secret:door]", "sesame"));
        return filledIn;
    }

    private void define(Map<String, String> raw) {
        pipeline.define(Offer.of(secrets(raw), raw, Origins.Origin.of("a test"), System.nanoTime()));
    }

    private KeptRevision awaitRevision(int number) {
        Await.until("revision " + number, () -> store.list("lobby"), () -> store.revision("lobby", number)
                .isPresent());
        return store.revision("lobby", number).orElseThrow();
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
        define(Rig.keys("cam.type = source.camera", "out.type = sink.page", "out.from = cam"));
        camera.put("video", VIDEO).put("video", packet(1));
        page.await("cam:video 1");
        await(State.RUNNING);
    }

    @Test
    void equalContentDoesNothing() {
        run();
        define(Rig.keys("out.from = cam", "cam.type = source.camera", "out.type = sink.page"));
        camera.put("video", packet(2));
        page.await("cam:video 2");
        assertEquals(1, page.lines("open").size());
    }

    @Test
    void aChangeIsTaken() {
        run();
        define(Rig.keys(
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
        define(Rig.keys("cam.type = source.camera", "out.type = sink.page", "out.from = cm"));
        await(State.INVALID);
        assertEquals(List.of("out.from  cm is no stage of this pipeline; did you mean cam?"), problems());
        camera.put("video", packet(2));
        page.await("cam:video 2");
        define(Rig.keys("cam.type = source.camera", "out.type = sink.page", "out.from = cam"));
        await(State.RUNNING);
        camera.put("video", packet(3));
        page.await("cam:video 3");
        assertEquals(1, page.lines("open").size(), "it never stopped");
    }

    @Test
    void anEmptyFileIsInvalid() {
        define(Rig.keys());
        await(State.INVALID);
        assertEquals(List.of("has no stage; a stage is a line such as cam.type = source.media"), problems());
    }

    @Test
    void oneThatIsSwitchedOffIsStopped() {
        run();
        define(Rig.keys("enabled = false", "cam.type = source.camera", "out.type = sink.page", "out.from = cam"));
        await(State.STOPPED);
        Await.until("all given back", shelf::taken, () -> shelf.taken().isEmpty());
    }

    @Test
    void onlyTheNewestOfManyIsApplied() {
        for (int i = 0; i < 100; i++) {
            define(Rig.keys("cam.type = source.camera", "out" + i + ".type = sink.page", "out" + i + ".from = cam"));
        }
        Await.until("the last", () -> pipeline.status().stages(), () -> pipeline.status().stages().stream()
                .anyMatch(stage -> stage.name().equals("out99")));
        assertTrue(page.lines("open").size() < 100);
    }

    @Test
    void aTypeThatTurnsUpLateIsCheckedLikeOneThatWasThere() {
        define(Rig.keys("cam.type = source.camera", "look.type = analyzer.late", "look.from = cam"));
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
        define(Rig.keys("cam.type = source.camera", "out.type = sink.page", "out.from = cam", "out.ffmpeg.x = 1"));
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

    @Test
    void whatRunsIsKept() {
        run();
        var first = awaitRevision(1);
        assertEquals("a test", first.origin());
        assertEquals("cam", first.raw().get("out.from"));
        define(Rig.keys("cam.type = source.camera", "out.type = sink.page", "out.from = cam:video"));
        assertEquals(List.of("~ out.from: cam -> cam:video"), awaitRevision(2).changes());
        define(Rig.keys("enabled = false", "cam.type = source.camera", "out.type = sink.page", "out.from = cam:video"));
        assertEquals(List.of("+ enabled = false"), awaitRevision(3).changes());
    }

    @Test
    void whatIsRefusedIsNotKept() {
        run();
        awaitRevision(1);
        define(Rig.keys("cam.type = source.camera", "out.type = sink.page", "out.from = cm"));
        await(State.INVALID);
        run();
        assertEquals(1, store.list("lobby").size());
    }

    @Test
    void whatRunsIsKeptEvenIfTheNextDefinitionIsRefusedBeforeItHasStarted() {
        define(Rig.keys("cam.type = source.camera", "look.type = analyzer.late", "look.from = cam"));
        awaitProblem("look.type  waits for stage type analyzer.late (no bundle provides it)");
        define(Rig.keys("cam.type = source.camera", "out.type = sink.page", "out.from = cm"));
        await(State.INVALID);
        assertEquals(List.of(), store.list("lobby"));
        add(shelf.put(Type.of("analyzer.late").accepts("packet:video"), () -> new Collector(page)));
        camera.put("video", VIDEO);
        assertEquals("analyzer.late", awaitRevision(1).raw().get("look.type"));
    }

    @Test
    void aRevisionHoldsThePlaceholderAndNotTheSecret() {
        shelf.put(Type.of("sink.page").accepts("packet").extras("ffmpeg."), () -> new Collector(page));
        define(Rig.keys(
                "cam.type = source.camera", "out.type = sink.page", "out.from = cam", "out.ffmpeg.x = $[secret:door]"));
        camera.put("video", VIDEO);
        assertEquals("$[secret:door]", awaitRevision(1).raw().get("out.ffmpeg.x"));
    }

    @Test
    void theLastGoodRevisionRunsInsteadOfADefinitionThatIsInvalidFromTheStart() {
        keep("cam.type = source.camera", "out.type = sink.page", "out.from = cam");
        define(Rig.keys("cam.type = source.camera", "out.type = sink.page", "out.from = cm"));
        camera.put("video", VIDEO).put("video", packet(1));
        page.await("cam:video 1");
        await(State.INVALID);
        assertEquals(
                "out.from  cm is no stage of this pipeline; did you mean cam?",
                problems().get(0));
        assertTrue(
                problems().get(1).matches("revision 1 of 2\\S+Z \\(yesterday\\) runs instead"),
                problems().get(1));
        define(Rig.keys("cam.type = source.camera", "out.type = sink.page", "out.from = cam:video"));
        await(State.RUNNING);
        assertEquals(1, page.lines("open").size(), "it never stopped");
        awaitRevision(2);
    }

    @Test
    void whenTheFileIsMendedTheRevisionBecomesTheDefinition() {
        keep("cam.type = source.camera", "out.type = sink.page", "out.from = cam");
        define(Rig.keys("cam.type = source.camera", "out.type = sink.page", "out.from = cm"));
        camera.put("video", VIDEO).put("video", packet(1));
        page.await("cam:video 1");
        define(Rig.keys("cam.type = source.camera", "out.type = sink.page", "out.from = cam"));
        await(State.RUNNING);
        assertEquals(List.of(), problems());
        assertEquals(1, page.lines("open").size(), "it never stopped");
        assertEquals(1, store.list("lobby").size());
    }

    @Test
    void theLastGoodRevisionRunsInsteadOfADefinitionThatCantBeOpened() {
        shelf.put(Type.of("sink.shut").accepts("packet"), Shut::new);
        keep("cam.type = source.camera", "out.type = sink.page", "out.from = cam");
        define(Rig.keys("cam.type = source.camera", "out.type = sink.shut", "out.from = cam"));
        awaitInstead();
        camera.put("video", VIDEO).put("video", packet(1));
        page.await("cam:video 1");
        assertEquals(State.INVALID, pipeline.status().state());
        assertTrue(problems().get(0).contains("is taken"), problems().toString());
        assertTrue(problems().get(1).contains("runs instead"), problems().toString());
        assertEquals(1, store.list("lobby").size());
    }

    @Test
    void whatTurnsOutToBeInvalidWhenItsTypeIsThereIsNotKeptAndGivesWay() {
        keep("cam.type = source.camera", "out.type = sink.page", "out.from = cam");
        define(Rig.keys("cam.type = source.camera", "look.type = analyzer.late", "look.from = cam"));
        awaitProblem("look.type  waits for stage type analyzer.late (no bundle provides it)");
        assertEquals(1, store.list("lobby").size());
        add(shelf.put(Type.of("analyzer.late").accepts("frame:video"), () -> new Collector(page)));
        awaitInstead();
        camera.put("video", VIDEO).put("video", packet(1));
        page.await("cam:video 1");
        assertEquals(State.INVALID, pipeline.status().state());
        assertTrue(problems().get(1).contains("runs instead"), problems().toString());
    }

    @Test
    void aRevisionsSecretsAreFilledInWhenItRuns() {
        shelf.put(Type.of("sink.page").accepts("packet").extras("ffmpeg."), () -> new Collector(page));
        keep("cam.type = source.camera", "out.type = sink.page", "out.from = cam", "out.ffmpeg.x = $[secret:door]");
        define(Rig.keys("cam.type = source.camera", "out.type = sink.page", "out.from = cm"));
        awaitInstead();
        camera.put("video", VIDEO).put("video", packet(1));
        page.await("cam:video 1");
        assertTrue(problems().get(1).contains("runs instead"), problems().toString());
    }

    @Test
    void aRevisionWhoseSecretIsGoneDoesNotRunAndSaysSo() {
        keep("cam.type = source.camera", "out.type = sink.page", "out.from = cam", "out.ffmpeg.x = $[secret:gone]");
        define(Rig.keys("cam.type = source.camera", "out.type = sink.page", "out.from = cm"));
        await(State.INVALID);
        assertEquals(2, problems().size());
        assertTrue(
                problems().get(1).matches("revision 1 of \\S+ can't run instead: .*there is no secret 'gone'.*"),
                problems().toString());
    }

    @Test
    void aPipelineThatWasRemovedDoesNotComeBack() {
        keep("cam.type = source.camera", "out.type = sink.page", "out.from = cam");
        store.add("lobby", "removed", Map.of());
        define(Rig.keys("cam.type = source.camera", "out.type = sink.page", "out.from = cm"));
        await(State.INVALID);
        assertEquals(1, problems().size());
        assertEquals(List.of(), page.lines());
    }

    private void awaitInstead() {
        Await.until("a revision instead", this::problems, () -> problems().stream()
                .anyMatch(problem -> problem.contains("runs instead")));
    }

    private void keep(String... lines) {
        store.add("lobby", "yesterday", Rig.keys(lines));
    }

    /** A sink whose port is another's. */
    private static final class Shut implements Sink<Sample> {

        @Override
        public void open(StageContext context) throws StageException {
            throw StageException.invalid("port 1 is taken").parameter("port");
        }

        @Override
        public void format(Input input, Format format) {}

        @Override
        public void process(Input input, Sample sample) {}

        @Override
        public void close() {}
    }

    @Test
    void itStopsWithAStageThatIsGivenUpWhereItsPolicySaysSo() {
        var lines = new String[] {
            "cam.type = source.camera", "out.type = sink.page", "out.from = cam", "out.restart = never, then stop"
        };
        page.fault(sample -> {
            throw new IllegalStateException("boom");
        });
        define(Rig.keys(lines));
        camera.put("video", VIDEO).put("video", packet(1));
        await(State.FAILED);
        Await.until("it has stopped", this::problems, () -> problems()
                .toString()
                .contains("the pipeline has stopped, as restart says"));
        assertEquals(List.of(), shelf.taken(), "all is closed");
        page.fault(sample -> {});
        define(Rig.keys(lines)); // saved once more
        camera.put("video", VIDEO).put("video", packet(2));
        page.await("cam:video 2");
        await(State.RUNNING);
    }
}
