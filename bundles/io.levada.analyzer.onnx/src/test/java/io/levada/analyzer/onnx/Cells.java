/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.levada.api.media.Event;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.VideoFrame;
import io.levada.testkit.Color;
import io.levada.testkit.Frames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Pictures of 16x16 in which one cell of 4x4 is red, and the models that find it (make_models.py): of each kind of elements,
 * and of fixed batches.
 */
final class Cells {

    static final List<String> MODELS =
            List.of("cells.onnx", "cells-f16.onnx", "cells-u8.onnx", "cells-1.onnx", "cells-8.onnx");

    private static final int SIZE = 16;
    private static final int CELL = 4;

    private final Frames frames = Frames.of(Frames.format(SIZE, SIZE, PixelFormat.RGB24));

    /** Puts a model into a folder. */
    static Path model(String name, Path folder) throws IOException {
        var file = folder.resolve(name);
        if (Files.notExists(file)) {
            try (var content = Cells.class.getResourceAsStream("/models/" + name)) {
                Files.copy(content, file);
            }
        }
        return file;
    }

    /** The element type of a model's input, as {@code cpu.tensor} calls it. */
    static String dtype(String model) {
        return model.contains("f16") ? "f16" : model.contains("u8") ? "u8" : "f32";
    }

    /** @param cell its number, row by row */
    VideoFrame picture(int cell) {
        return frames.at(cell).square(cell % CELL * CELL, cell / CELL * CELL, CELL, Color.RED, Color.BLACK);
    }

    /** The event is about that cell. */
    static void check(int cell, Event event) {
        assertEquals(1, event.regions().size(), event::toString);
        var region = event.regions().get(0);
        assertEquals("red", region.label());
        assertEquals(1, region.score(), 1e-3);
        assertEquals(cell % CELL / (double) CELL, region.x(), 1e-3, event::toString);
        assertEquals(cell / CELL / (double) CELL, region.y(), 1e-3, event::toString);
        assertEquals(1.0 / CELL, region.width(), 1e-3);
        assertEquals(1.0 / CELL, region.height(), 1e-3);
    }
}
