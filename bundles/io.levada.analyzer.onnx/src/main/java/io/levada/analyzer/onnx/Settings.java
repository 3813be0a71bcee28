/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.stage.Quantity;
import io.levada.api.stage.StageException;
import io.levada.tensor.picture.Fit;
import io.levada.tensor.picture.SpecText;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The parameters, ready for use.
 *
 * @param task what the output says; empty to see by its shape
 * @param score the least that counts
 * @param overlap of two boxes of a class from which on they are the same thing
 * @param most things in one picture
 * @param top how many classes a classification tells
 * @param classes that are told; empty for all
 * @param names of the classes; empty for those of the model
 * @param maxWait in nanoseconds
 */
record Settings(
        Optional<Task> task,
        float score,
        float overlap,
        int most,
        int top,
        Set<String> classes,
        List<String> names,
        long maxWait,
        Fit fit,
        boolean bgr,
        float scale,
        List<Float> mean,
        List<Float> std) {

    static Settings of(OnnxAnalyzer.Config config) throws StageException {
        var tensors = SpecText.read(
                1, 1, config.fit(), "nchw", "f32", config.order(), config.scale(), config.mean(), config.std());
        return new Settings(
                config.task().equals("auto")
                        ? Optional.empty()
                        : Optional.of(Task.valueOf(config.task().toUpperCase(Locale.ROOT))),
                (float) config.score(),
                (float) config.overlap(),
                config.max$_$objects(),
                config.top(),
                Set.copyOf(Names.ofText(config.classes())),
                Names.ofText(config.names()),
                Quantity.nanos("max-wait", config.max$_$wait()),
                tensors.fit(),
                tensors.bgr(),
                tensors.scale(),
                tensors.mean(),
                tensors.std());
    }
}
