/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.tensor.CpuTensor;
import io.levada.testkit.StageHarness;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Models of each kind of elements and of fixed batches: all find the same. */
class ModelKindsTest {

    static final Iterable<String> MODELS = Cells.MODELS;

    private final Models models = new Models();
    private final Cells cells = new Cells();

    @TempDir
    Path folder;

    @AfterEach
    void stop() {
        models.stop();
    }

    private StageHarness open(String model) throws IOException {
        var file = Cells.model(model, folder).toString();
        return StageHarness.of(new OnnxAnalyzer(models), Map.of("model", file, "score", "0.5", "max-batch", "8"));
    }

    @ParameterizedTest
    @FieldSource("MODELS")
    void picturesAreUnderstoodEachByItself(String model) throws IOException {
        try (var stage = open(model)) {
            for (int cell : new int[] {5, 0, 15}) {
                stage.feed(cells.picture(cell)).drain();
                Cells.check(cell, stage.events().single());
                stage.clear();
            }
            assertTrue(stage.explanation().startsWith("on the CPU"), stage::explanation);
            assertEquals(-1, stage.gauge("device"));
        }
    }

    @ParameterizedTest
    @FieldSource("MODELS")
    void severalPicturesAtOnceAreUnderstoodEachInItsOrder(String model) throws IOException {
        try (var stage = open(model)) {
            stage.feed(cells.picture(1)).feed(cells.picture(6)).drain();
            assertEquals(2, stage.events().size());
            Cells.check(1, stage.events().list().get(0));
            Cells.check(6, stage.events().list().get(1));
        }
    }

    @ParameterizedTest
    @FieldSource("MODELS")
    void tensorsOfTheModelsElementsAreTaken(String model) throws IOException {
        var tensors = Map.of("width", "16", "height", "16", "dtype", Cells.dtype(model), "batch", "2");
        try (var stage = open(model);
                var maker = StageHarness.of(new CpuTensor(), tensors)) {
            maker.feed(cells.picture(9)).feed(cells.picture(2));
            var tensor = maker.samples().single();
            tensor.retain();
            stage.feed(tensor).drain();
            Cells.check(9, stage.events().list().get(0));
            Cells.check(2, stage.events().list().get(1));
        }
    }
}
