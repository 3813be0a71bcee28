/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import io.levada.api.stage.Clock;
import io.levada.api.stage.Input;
import io.levada.api.stage.StageContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.osgi.util.converter.Converters;

/** The least that a stage needs, for benchmarks of the stages alone. */
record BareContext(String stage, Map<String, String> parameters) implements StageContext {

    @Override
    public String pipeline() {
        return "bench";
    }

    @Override
    public <C> C config(Class<C> type) {
        return Converters.standardConverter().convert(parameters).to(type);
    }

    @Override
    public Map<String, String> extras(String prefix) {
        return Map.of();
    }

    @Override
    public Map<String, Long> tallies() {
        return Map.of();
    }

    @Override
    public Path resolve(String path) {
        return Path.of(path);
    }

    @Override
    public Clock clock() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Input> inputs() {
        return List.of(Flow.PORT);
    }

    @Override
    public boolean stopping() {
        return false;
    }

    @Override
    public void wake() {}

    @Override
    public void gauge(String name, LongSupplier value) {}

    @Override
    public void warn(String message) {
        System.err.println(stage + ": " + message);
    }
}
