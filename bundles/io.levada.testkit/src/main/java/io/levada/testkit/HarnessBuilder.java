/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.stage.Clock;
import io.levada.api.stage.Source;
import io.levada.api.stage.Stage;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Sets up a {@link StageHarness}; what is not set has its default. */
public final class HarnessBuilder {

    final Stage stage;
    final Map<String, String> parameters = new HashMap<>();
    final Map<String, Boolean> inputs = new LinkedHashMap<>();
    final Map<String, Integer> references = new HashMap<>();
    String pipeline = "test";
    String stageName;
    Path home = Path.of("").toAbsolutePath();
    Clock clock = VirtualClock.automatic();

    HarnessBuilder(Stage stage) {
        this.stage = stage;
        this.stageName = name(stage).replaceAll("\\B([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    public HarnessBuilder parameters(Map<String, String> parameters) {
        this.parameters.putAll(parameters);
        return this;
    }

    public HarnessBuilder parameter(String name, String value) {
        parameters.put(name, value);
        return this;
    }

    /** The names of its inputs, in order; a live {@code source:video} alone unless said. */
    public HarnessBuilder inputs(String... names) {
        for (var name : names) {
            inputs.put(name, true);
        }
        return this;
    }

    /** A live input that belongs to this entry of {@code from}, where that is not its place among the inputs. */
    public HarnessBuilder input(String name, int reference) {
        inputs.put(name, true);
        references.put(name, reference);
        return this;
    }

    /** An input whose content is not live: a file read as fast as it goes. */
    public HarnessBuilder losslessInput(String name) {
        inputs.put(name, false);
        return this;
    }

    /** An automatic {@link VirtualClock} unless said. */
    public HarnessBuilder clock(Clock clock) {
        this.clock = clock;
        return this;
    }

    /** What relative paths are relative to; the working directory unless said. */
    public HarnessBuilder home(Path home) {
        this.home = home;
        return this;
    }

    /** Pipeline and stage name; {@code test} and the class's name unless said. */
    public HarnessBuilder named(String pipeline, String stage) {
        this.pipeline = pipeline;
        this.stageName = stage;
        return this;
    }

    /** Opens the stage; when that fails, closes it and throws what it threw. */
    public StageHarness open() {
        var harness = build();
        harness.open();
        return harness;
    }

    StageHarness build() {
        if (inputs.isEmpty() && !(stage instanceof Source)) {
            inputs("source:video");
        }
        return new StageHarness(this);
    }

    /** The simple name of its class, the parent's for an anonymous one. */
    static String name(Stage stage) {
        Class<?> type = stage.getClass();
        while (type.getSimpleName().isEmpty()) {
            type = type.getSuperclass();
        }
        return type == Object.class ? "Stage" : type.getSimpleName();
    }
}
