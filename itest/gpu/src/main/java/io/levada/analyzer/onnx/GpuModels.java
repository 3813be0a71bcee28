/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.media.Region;
import io.levada.api.media.Sample;
import io.levada.gpu.GpuTensor;
import io.levada.gpu.GpuUpload;
import io.levada.testkit.Frames;
import io.levada.testkit.StageHarness;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Pictures on the GPU into models on the GPU: what they find is what models on the CPU find. */
public final class GpuModels {

    private static final int SIZE = 320;
    private static final int SCENES = 200;
    private static final double NEAR = 1e-3;

    private final Models models = new Models();
    private final Cells cells = new Cells();
    private final String shapes;
    private final Path folder;

    /** @param shapes the model of the examples */
    public GpuModels(String shapes) throws Exception {
        this.shapes = shapes;
        this.folder = Files.createTempDirectory("levada-models");
    }

    /** Compares the boxes of a model; in a process whose environment says how exactly the GPU computes. */
    public static void main(String[] arguments) throws Exception {
        System.out.println("SEEN " + new GpuModels(arguments[0]).sameBoxes());
        System.exit(0);
    }

    private StageHarness open(String model, String device) {
        return StageHarness.of(
                new OnnxAnalyzer(models),
                Map.of("model", model, "device", device, "max-batch", "8", "max-wait", "5 ms", "score", "0.5"));
    }

    /** Held-out pictures, once over the GPU and once over the CPU. */
    private String sameBoxes() {
        var scenes = new ShapeScenes(SIZE, SIZE, 20);
        var frames = Frames.of(SIZE, SIZE);
        double apart = 0;
        int boxes = 0;
        try (var upload = upload();
                var gpu = open(shapes, "cuda:0");
                var cpu = open(shapes, "cpu")) {
            for (int i = 0; i < SCENES; i++) {
                scenes.next();
                gpu.feed(uploaded(upload, frames.painted(scenes.picture()))).drain();
                cpu.feed(frames.painted(scenes.picture())).drain();
                var here = regions(gpu);
                var there = regions(cpu);
                if (here.size() != there.size()) {
                    throw new AssertionError("picture " + i + ": " + here + " instead of " + there);
                }
                for (var region : here) {
                    apart = Math.max(
                            apart,
                            there.stream()
                                    .mapToDouble(one -> apart(one, region))
                                    .min()
                                    .orElse(1));
                }
                boxes += here.size();
                gpu.clear();
                cpu.clear();
            }
            settle(gpu);
        }
        var seen = "%d boxes, %.6f apart at most".formatted(boxes, apart);
        if (apart > NEAR || boxes == 0) {
            throw new AssertionError(seen);
        }
        return seen;
    }

    private static List<Region> regions(StageHarness stage) {
        return stage.events().list().stream()
                .flatMap(event -> event.regions().stream())
                .toList();
    }

    /** The greatest difference in place and score; 1 where the label is another. */
    private static double apart(Region one, Region other) {
        if (!one.label().equals(other.label())) {
            return 1;
        }
        return List.of(
                        one.x() - other.x(),
                        one.y() - other.y(),
                        one.width() - other.width(),
                        one.height() - other.height(),
                        one.score() - other.score())
                .stream()
                .mapToDouble(Math::abs)
                .max()
                .orElseThrow();
    }

    /** Models of each kind of elements and of fixed batches; pictures and tensors on the device. */
    public String kinds() throws Exception {
        for (var name : Cells.MODELS) {
            var file = Cells.model(name, folder).toString();
            var tensors = Map.of("width", "16", "height", "16", "dtype", Cells.dtype(name), "batch", "2");
            try (var upload = upload();
                    var maker = StageHarness.of(new GpuTensor(), tensors);
                    var stage = open(file, "cuda:0")) {
                stage.feed(uploaded(upload, cells.picture(3))).drain();
                Cells.check(3, stage.events().single());
                stage.clear();
                settle(stage);
                maker.feed(uploaded(upload, cells.picture(9))).feed(uploaded(upload, cells.picture(14)));
                settle(maker);
                var tensor = maker.samples().single();
                tensor.retain();
                stage.feed(tensor).drain();
                Cells.check(9, stage.events().list().get(0));
                Cells.check(14, stage.events().list().get(1));
                maker.clear();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(name, e);
            }
        }
        return String.join(", ", Cells.MODELS);
    }

    /** A changed file takes over on the device, and no picture is lost. */
    public String change() throws Exception {
        var file = Files.copy(Cells.model("cells.onnx", folder), folder.resolve("model.onnx"));
        try (var upload = upload();
                var stage = open(file.toString(), "cuda:0")) {
            var other = Files.copy(Cells.model("cells-8.onnx", folder), folder.resolve("other"));
            Files.setLastModifiedTime(other, FileTime.fromMillis(1_000_000));
            Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
            int fed = 0;
            long deadline = System.nanoTime() + 60_000_000_000L;
            while (stage.gauge("model-changes") == 0) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("not taken: " + stage.warnings());
                }
                stage.feed(uploaded(upload, cells.picture(fed++ % 16))).drain();
            }
            stage.feed(uploaded(upload, cells.picture(fed++ % 16))).drain();
            for (int i = 0; i < fed; i++) {
                Cells.check(i % 16, stage.events().list().get(i));
            }
            settle(stage);
            return fed + " pictures, one event each";
        }
    }

    /** To the GPU that models are put on here. */
    static StageHarness upload() {
        return StageHarness.of(new GpuUpload(), Map.of("device", "0"));
    }

    /** With one reference, the caller's. */
    static Sample uploaded(StageHarness upload, Sample frame) {
        upload.feed(frame);
        settle(upload);
        var there = upload.samples().single();
        there.retain();
        upload.clear();
        return there;
    }

    /** CUDA's thread has released what the stage's work held: harnesses count references to the last. */
    static void settle(StageHarness stage) {
        while (stage.gauge("pending") > 0) {
            LockSupport.parkNanos(100_000);
        }
    }
}
