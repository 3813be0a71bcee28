/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Event;
import io.levada.api.media.PixelFormat;
import io.levada.api.stage.StageException;
import io.levada.tensor.CpuTensor;
import io.levada.testkit.Accepts;
import io.levada.testkit.Color;
import io.levada.testkit.Frames;
import io.levada.testkit.StageHarness;
import io.levada.testkit.StageTck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real model in the real runtime. */
class OnnxAnalyzerTest {

    static final Path SHAPES =
            Path.of("../../distribution/src/main/examples/models/shapes.onnx").toAbsolutePath();

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Models models = new Models();

    @TempDir
    Path folder;

    @AfterEach
    void stop() {
        models.stop();
    }

    private StageHarness open(String... parameters) {
        return StageHarness.of(new OnnxAnalyzer(models), parameters(parameters));
    }

    private static Map<String, String> parameters(String... parameters) {
        var all = new HashMap<>(Map.of("model", SHAPES.toString()));
        for (int i = 0; i < parameters.length; i += 2) {
            all.put(parameters[i], parameters[i + 1]);
        }
        return all;
    }

    private static Path resource(String name) {
        return Path.of("src/test/models", name).toAbsolutePath();
    }

    /** Two runs are compared to the last bit, and how pictures fall into batches is a matter of time. */
    @Test
    void keepsTheStageContract() {
        StageTck.verify(
                () -> new OnnxAnalyzer(models),
                Accepts.video(PixelFormat.YUV420P, PixelFormat.NV12, PixelFormat.RGB24)
                        .parameters(parameters("model", resource("inverse.onnx").toString(), "max-batch", "1")),
                Accepts.video(PixelFormat.YUV420P)
                        .parameters(parameters("score", "0.01", "max-batch", "1"))
                        .samples(2));
    }

    @Test
    void whatIsInTheMetadataNamesTheBoxes() {
        var scenes = new ShapeScenes(640, 360, 3);
        var truths = scenes.next();
        try (var stage = open()) {
            stage.feed(Frames.of(640, 360).painted(scenes.picture())).drain();
            var event = stage.events().single();
            assertEquals(truths.size(), event.regions().size(), event::toString);
            assertEquals(truths.size(), event.number("objects"));
            for (var truth : truths) {
                assertTrue(
                        event.regions().stream()
                                .anyMatch(region -> region.label().equals(truth.kind())
                                        && Score.overlap(truth, region, 640, 360) > 0.75),
                        () -> truth + " in " + event);
            }
        }
    }

    @Test
    void theHeldOutPicturesAreUnderstood() {
        var score = new Score();
        var scenes = new ShapeScenes(320, 320, 20);
        var frames = Frames.of(320, 320);
        try (var stage = open("score", "0.5")) {
            for (int i = 0; i < 200; i++) {
                var truths = scenes.next();
                stage.feed(frames.painted(scenes.picture())).drain();
                score.add(truths, stage.events().list(), 320, 320);
                stage.clear();
            }
        }
        System.out.println("shapes.onnx: " + score);
        assertTrue(score.precision() > 0.95 && score.recall() > 0.95, score::toString);
    }

    @Test
    void tensorsGiveTheSameBoxesAsPictures() {
        var scenes = new ShapeScenes(640, 480, 4);
        scenes.next();
        var of = new ArrayList<Event>();
        try (var pictures = open();
                var tensors = open();
                var maker = StageHarness.of(new CpuTensor(), Map.of("width", "320", "height", "320"))) {
            pictures.feed(Frames.of(640, 480).painted(scenes.picture())).drain();
            of.add(pictures.events().single());
            maker.feed(Frames.of(640, 480).painted(scenes.picture()));
            var tensor = maker.samples().single();
            tensor.retain();
            tensors.feed(tensor).drain();
            of.add(tensors.events().single());
        }
        assertFalse(of.get(0).regions().isEmpty());
        assertEquals(of.get(0).regions(), of.get(1).regions());
    }

    @Test
    void candidatesThatAreTooManyAreCounted() {
        var boxes = new Boxes();
        for (int i = 0; i < 1500; i++) {
            boxes.add(0, 0, 1, 1, 0.5f, 0);
        }
        assertEquals(1, boxes.suppress(0.5f, 100));
        assertEquals(476, boxes.beyond());
    }

    @Test
    void whenNothingIsThereAnyMoreThereIsOneEventThatSaysSo() {
        var scenes = new ShapeScenes(320, 320, 5);
        scenes.next();
        var frames = Frames.of(320, 320);
        try (var stage = open("score", "0.6")) {
            stage.feed(frames.painted(scenes.picture()));
            for (int i = 0; i < 3; i++) {
                stage.feed(frames.solid(Color.GRAY));
            }
            stage.drain();
            assertEquals(2, stage.events().size());
            assertEquals(List.of(), stage.events().last().regions());
            assertEquals(1, stage.events().last().stamp().pts());
        }
    }

    @Test
    void onlyTheWantedClassesAreTold() {
        var scenes = new ShapeScenes(320, 320, 6);
        var truths = scenes.next();
        while (truths.stream().map(ShapeScenes.Truth::kind).distinct().count() < 3) {
            truths = scenes.next();
        }
        try (var stage = open("classes", "circle, triangle")) {
            stage.feed(Frames.of(320, 320).painted(scenes.picture())).drain();
            var labels = stage.events().single().regions().stream()
                    .map(region -> region.label())
                    .toList();
            assertFalse(labels.contains("square"), labels::toString);
            assertTrue(labels.contains("circle") && labels.contains("triangle"), labels::toString);
            assertTrue(stage.reconfigure(parameters("names", "ball, box, hat")));
            stage.clear();
            stage.feed(Frames.of(320, 320).at(1).painted(scenes.picture())).drain();
            assertTrue(stage.events().single().regions().stream()
                    .anyMatch(region -> region.label().equals("box")));
        }
    }

    @Test
    void stagesOfAllPipelinesShareOneSessionAndItsBatches() {
        var scenes = new ShapeScenes(320, 320, 7);
        scenes.next();
        var stages = new ArrayList<StageHarness>();
        try {
            for (int i = 0; i < 4; i++) {
                stages.add(open("max-batch", "4", "max-wait", "60 s"));
            }
            for (var stage : stages) {
                stage.feed(Frames.of(320, 320).painted(scenes.picture()));
            }
            for (var stage : stages) {
                stage.awaitWake(PATIENCE);
                assertEquals(1, stage.events().size());
            }
            assertEquals(
                    1, stages.get(0).gauge("batches"), "they did not wait for longer than it takes to be all there");
            assertEquals(4, stages.get(0).gauge("batch-rows"));
            assertTrue(stages.get(0).gauge("batch-p50-us") > 0);
            assertEquals(0, stages.get(0).gauge("queue"));
        } finally {
            stages.forEach(StageHarness::close);
        }
    }

    @Test
    void aPictureWaitsForOthersOnlySoLong() {
        try (var lonely = open("max-batch", "4", "max-wait", "20 ms");
                var silent = open("max-batch", "4", "max-wait", "20 ms")) {
            lonely.feed(Frames.of(320, 320).solid(Color.GRAY));
            lonely.awaitWake(PATIENCE);
            assertEquals(1, lonely.gauge("batch-rows"));
            assertEquals(0, silent.events().size());
        }
    }

    @Test
    void onTheCpuAPictureWaitsForNoneOfTheOthersUnlessTheUserSaysSo() {
        try (var lonely = open("device", "cpu", "max-wait", "10 min");
                var silent = open("device", "cpu", "max-wait", "10 min")) {
            lonely.feed(Frames.of(320, 320).solid(Color.GRAY));
            lonely.awaitWake(PATIENCE);
            assertEquals(1, lonely.gauge("batches"));
            assertEquals(0, silent.events().size());
        }
    }

    @Test
    void aVersionThatIsClosingTakesNoMoreQuestions() throws StageException {
        var key = new ModelKey(SHAPES, "cpu", 1, 4);
        var model = LoadedModel.open(key, Device.of("cpu", Gpus.NODE), Gpus.NODE, new Figures());
        var row = model.runner().claim(0, () -> {}).orElseThrow();
        model.close();
        assertTrue(model.runner().claim(0, () -> {}).isEmpty());
        row.commit();
        row.forget();
    }

    /** The other's picture makes the batch run, in which the forgotten one still is. */
    @Test
    void whatIsForgottenIsNotTold() {
        var parameters =
                new String[] {"model", resource("inverse.onnx").toString(), "max-batch", "2", "max-wait", "10 min"};
        var frames = Frames.of(Frames.format(16, 16, PixelFormat.RGB24));
        try (var stage = open(parameters);
                var other = open(parameters)) {
            stage.feed(frames.solid(Color.WHITE));
            stage.flush(1);
            other.feed(frames.solid(Color.WHITE)).drain();
            stage.drain();
            assertEquals(1, other.events().size());
            assertEquals(2, other.gauge("batch-rows"));
            assertTrue(stage.events().isEmpty());
        }
    }

    @Test
    void aChangedFileIsTakenAndABadOneIsNot() throws IOException, InterruptedException {
        var model = Files.copy(SHAPES, folder.resolve("model.onnx"));
        var scenes = new ShapeScenes(320, 320, 8);
        scenes.next();
        try (var stage = open("model", model.toString())) {
            stage.feed(Frames.of(320, 320).painted(scenes.picture())).drain();
            var before = stage.events().single().regions();
            replace(model, Files.write(folder.resolve("bad"), new byte[1000]), 1);
            await(() -> !stage.warnings().isEmpty());
            assertTrue(stage.warnings().get(0).contains("the one before goes on"), stage.warnings()::toString);
            stage.clear();
            stage.feed(Frames.of(320, 320).at(1).painted(scenes.picture())).drain();
            assertEquals(before, stage.events().single().regions());
            replace(model, Files.copy(resource("inverse.onnx"), folder.resolve("other")), 2);
            long[] next = {2};
            await(() -> {
                stage.clear();
                stage.feed(Frames.of(320, 320).at(next[0]++).painted(scenes.picture()))
                        .drain();
                return stage.events().size() == 1
                        && stage.events().single().values().containsKey("mean");
            });
        }
    }

    @Test
    void noPictureIsLostWhileAChangedFileTakesOver() throws IOException, InterruptedException {
        var model = Files.copy(resource("cells.onnx"), folder.resolve("model.onnx"));
        var cells = new Cells();
        try (var stage = open("model", model.toString(), "task", "detect")) {
            replace(model, Files.copy(resource("cells-8.onnx"), folder.resolve("other")), 1);
            int[] fed = {0};
            await(() -> {
                stage.feed(cells.picture(fed[0]++ % 16)).drain();
                return stage.gauge("model-changes") == 1;
            });
            stage.feed(cells.picture(fed[0]++ % 16)).drain();
            assertEquals(fed[0], stage.events().size());
            for (int i = 0; i < fed[0]; i++) {
                Cells.check(i % 16, stage.events().list().get(i));
            }
        }
    }

    @Test
    void aChangedFileThatAStageCanNotGoOnWithIsNotTakenByAny() throws IOException, InterruptedException {
        var model = Files.copy(SHAPES, folder.resolve("model.onnx"));
        var scenes = new ShapeScenes(320, 320, 8);
        scenes.next();
        try (var boxes = open("model", model.toString(), "task", "detect");
                var any = open("model", model.toString())) {
            replace(model, Files.copy(resource("classes.onnx"), folder.resolve("other")), 1);
            await(() -> !boxes.warnings().isEmpty() && !any.warnings().isEmpty());
            assertTrue(boxes.warnings().get(0).contains("task = detect"), boxes.warnings()::toString);
            boxes.feed(Frames.of(320, 320).painted(scenes.picture())).drain();
            assertFalse(boxes.events().single().regions().isEmpty());
        }
    }

    private static void replace(Path model, Path by, int version) throws IOException {
        Files.setLastModifiedTime(by, FileTime.fromMillis(1_000_000L * version));
        Files.move(by, model, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(Condition condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            assertTrue(System.nanoTime() < deadline, "not within " + PATIENCE);
            LockSupport.parkNanos(20_000_000);
        }
    }

    @Test
    void anotherModelIsOpenedBesideTheOneAtWork() {
        try (var stage = open()) {
            assertFalse(stage.reconfigure(parameters("model", "elsewhere.onnx")));
            assertTrue(stage.reconfigure(parameters("score", "0.7", "max-wait", "1 ms")));
            assertThrows(StageException.class, () -> stage.reconfigure(parameters("task", "classify")));
        }
    }

    @Test
    void aClassificationTellsTheBestClasses() {
        try (var stage = open("model", resource("classes.onnx").toString(), "top", "2", "score", "0.01")) {
            stage.feed(Frames.of(Frames.format(8, 8, PixelFormat.RGB24)).solid(new Color(250, 30, 200)))
                    .drain();
            var event = stage.events().single();
            assertEquals("red", event.values().get("label"));
            assertEquals("blue", event.values().get("label2"));
            assertTrue(event.number("score") > event.number("score2"));
        }
    }

    @Test
    void outputsOfAnyOtherMeaningAreToldAsValues() {
        try (var stage = open("model", resource("inverse.onnx").toString())) {
            stage.feed(Frames.of(Frames.format(16, 16, PixelFormat.RGB24)).solid(Color.WHITE))
                    .drain();
            var event = stage.events().single();
            assertEquals(0, event.number("inverse.max"), 1e-6);
            assertEquals(1, event.number("mean"), 1e-6);
        }
    }

    @Test
    void aModelOfFixedBatchIsRunAsItIs() {
        try (var stage = open("model", resource("fixed.onnx").toString(), "score", "0.01")) {
            for (int i = 0; i < 3; i++) {
                stage.feed(
                        Frames.of(Frames.format(8, 8, PixelFormat.RGB24)).at(i).solid(Color.RED));
            }
            stage.drain();
            assertEquals(3, stage.events().size());
            stage.events()
                    .list()
                    .forEach(event -> assertEquals("red", event.values().get("label")));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"nothing.onnx", "text.onnx", "opset.onnx", "operator.onnx", "two-inputs.onnx", "vector.onnx"})
    void aFileThatCanNotBeIsRefusedWithAWayOut(String name) {
        var fault = assertThrows(
                StageException.class, () -> open("model", resource(name).toString()));
        assertEquals("model", fault.parameter().orElse(""), fault::toString);
        assertFalse(fault.remedy().orElse("").isEmpty(), fault::toString);
        var word = Map.of(
                        "nothing.onnx", "there is no model",
                        "text.onnx", "no ONNX model",
                        "opset.onnx", "another version",
                        "operator.onnx", "operators",
                        "two-inputs.onnx", "2 inputs",
                        "vector.onnx", "analyzer.onnx fills")
                .get(name);
        assertTrue(fault.getMessage().contains(word), fault.getMessage());
    }

    @Test
    void anOutputWithFewerRowsThanPicturesIsTheModelsFault() {
        var parameters =
                new String[] {"model", resource("one-row.onnx").toString(), "max-batch", "2", "max-wait", "10 min"};
        try (var first = open(parameters);
                var second = open(parameters)) {
            first.feed(Frames.of(8, 8).solid(Color.RED));
            second.feed(Frames.of(8, 8).solid(Color.RED));
            first.awaitWake(PATIENCE);
            var fault = assertThrows(StageException.class, () -> second.awaitWake(PATIENCE));
            assertEquals("the model puts out scores [1x3] about 2 pictures", fault.getMessage());
            assertTrue(fault.remedy().orElse("").contains("max-batch = 1"), fault::toString);
        }
    }

    @Test
    void anOutputThatIsNotThereIsNamedWithThoseThatAre() {
        var fault = assertThrows(
                StageException.class,
                () -> open("model", resource("classes.onnx").toString(), "task", "detect"));
        assertEquals("task", fault.parameter().orElse(""));
        assertTrue(fault.getMessage().contains("scores [?x3]"), fault.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"shapes.onnx", "classes.onnx"})
    void aClassThatTheModelDoesNotHaveIsRefusedNamingThoseThatItHas(String name) {
        var model =
                name.equals("shapes.onnx") ? SHAPES.toString() : resource(name).toString();
        var mistyped = assertThrows(StageException.class, () -> open("model", model, "classes", "sqare"));
        assertEquals("classes", mistyped.parameter().orElse(""));
        var few = assertThrows(StageException.class, () -> open("model", model, "names", "a, b"));
        assertEquals("names", few.parameter().orElse(""));
        for (var fault : List.of(mistyped, few)) {
            var known = name.equals("shapes.onnx") ? "circle, square, triangle" : "red, green, blue";
            assertTrue(fault.getMessage().contains(known), fault::getMessage);
            assertFalse(fault.remedy().orElse("").isEmpty());
        }
        open("model", model, "names", "a, b, c", "classes", "c").close();
    }

    @Test
    void aDeviceThatIsNotThereIsRefusedWithAWayOut() {
        var fault = assertThrows(StageException.class, () -> open("device", "cuda"));
        assertEquals("device", fault.parameter().orElse(""));
        assertTrue(fault.remedy().orElse("").contains("device = cpu"), fault::toString);
        assertThrows(StageException.class, () -> open("device", "tpu"));
    }

    @Test
    void tensorsOfAnotherShapeAreRefused() {
        try (var stage = open();
                var maker = StageHarness.of(new CpuTensor(), Map.of("width", "64", "height", "64"))) {
            maker.feed(Frames.of(64, 64).solid(Color.RED));
            var fault = assertThrows(
                    StageException.class, () -> stage.feed(maker.formats().last()));
            assertTrue(fault.remedy().orElse("").contains("width = 320"), fault::toString);
        }
    }
}
