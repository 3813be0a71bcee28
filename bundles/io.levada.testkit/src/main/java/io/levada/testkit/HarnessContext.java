/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.stage.Clock;
import io.levada.api.stage.Input;
import io.levada.api.stage.StageContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** What the harness gives to a stage in the platform's place. */
final class HarnessContext implements StageContext {

    private final String pipeline;
    private final String stage;
    private final Path home;
    private final Clock clock;
    private final List<Input> inputs;
    private final Map<String, LongSupplier> gauges = new ConcurrentHashMap<>();
    private final Map<String, Long> tallies = new ConcurrentHashMap<>();
    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private final Semaphore wakes = new Semaphore(0);
    private volatile Parameters parameters;
    private volatile boolean stopping;
    private volatile String waiting = "";
    private volatile String explanation = "";
    private volatile BooleanSupplier demand = () -> true;

    HarnessContext(HarnessBuilder builder, List<Input> inputs) {
        this.pipeline = builder.pipeline;
        this.stage = builder.stageName;
        this.home = builder.home;
        this.clock = builder.clock;
        this.inputs = inputs;
        this.parameters = new Parameters(builder.parameters);
    }

    void parameters(Parameters parameters) {
        this.parameters = parameters;
    }

    Parameters parameters() {
        return parameters;
    }

    void stop() {
        stopping = true;
    }

    /** A permit for each time that the stage asked to be woken. */
    Semaphore wakes() {
        return wakes;
    }

    Map<String, Long> gauges() {
        Map<String, Long> values = new TreeMap<>();
        gauges.forEach((name, value) -> values.put(name, value.getAsLong()));
        return values;
    }

    List<String> warnings() {
        return List.copyOf(warnings);
    }

    @Override
    public String pipeline() {
        return pipeline;
    }

    @Override
    public String stage() {
        return stage;
    }

    @Override
    public <C> C config(Class<C> type) {
        return parameters.as(type);
    }

    @Override
    public Map<String, String> extras(String prefix) {
        return parameters.extras(prefix);
    }

    @Override
    public Path resolve(String path) {
        return home.resolve(path);
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public Map<String, Long> tallies() {
        return tallies;
    }

    @Override
    public List<Input> inputs() {
        return inputs;
    }

    @Override
    public boolean stopping() {
        return stopping;
    }

    @Override
    public void wake() {
        wakes.release();
    }

    @Override
    public void gauge(String name, LongSupplier value) {
        gauges.put(name, value);
    }

    @Override
    public void demand(BooleanSupplier needed) {
        demand = needed;
    }

    /** Whether the stage says that it needs what comes. */
    boolean demanding() {
        return demand.getAsBoolean();
    }

    @Override
    public void waiting(String reason) {
        waiting = reason;
    }

    String waiting() {
        return waiting;
    }

    @Override
    public void explain(String how) {
        explanation = how;
    }

    String explanation() {
        return explanation;
    }

    @Override
    public void warn(String message) {
        warnings.add(message);
    }
}
