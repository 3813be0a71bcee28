/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.stage.StageException;

/** Finds how a model's output is to be read. */
final class Readers {

    private Readers() {}

    /** @throws StageException when no output is what the user says that it is */
    static Reader of(ModelSpec spec, Settings settings) throws StageException {
        var first = spec.outputs().get(0);
        var task = settings.task()
                .orElse(
                        DetectionReader.fits(first) && plausible(spec, first)
                                ? Task.DETECT
                                : ClassReader.fits(first) ? Task.CLASSIFY : Task.TENSOR);
        return switch (task) {
            case DETECT -> new DetectionReader(
                    spec, find(spec, DetectionReader::fits, "detect", "[batch, 4 + classes, anchors]"), settings);
            case CLASSIFY -> new ClassReader(
                    spec, find(spec, ClassReader::fits, "classify", "[batch, classes]"), settings);
            case TENSOR -> new ValueReader();
        };
    }

    /** There are fewer classes than anchors, and as many as the file names. */
    private static boolean plausible(ModelSpec spec, ModelPort port) {
        boolean counted = spec.names().isEmpty()
                || port.length(1) < 0
                || port.length(1) == spec.names().size() + 4;
        return port.length(2) == 6 || counted && (port.length(2) < 0 || port.length(2) > port.length(1));
    }

    private interface Fitting {
        boolean test(ModelPort port);
    }

    private static int find(ModelSpec spec, Fitting fitting, String task, String shape) throws StageException {
        for (int i = 0; i < spec.outputs().size(); i++) {
            if (fitting.test(spec.outputs().get(i))) {
                return i;
            }
        }
        throw StageException.invalid(
                        "the model has no output " + shape + " for task = " + task + "; it has " + spec.outputs())
                .parameter("task")
                .remedy("leave out task, to have what it puts out as plain values, or export another model");
    }
}
