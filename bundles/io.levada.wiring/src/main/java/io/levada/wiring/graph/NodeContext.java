/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.stage.Clock;
import io.levada.api.stage.Input;
import io.levada.api.stage.StageContext;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.osgi.util.converter.Converters;

/** What a stage instance sees of its node. */
final class NodeContext implements StageContext {

    private final Node node;
    private final Map<String, String> defaults;
    private final Clock clock;
    private final long runningStart;
    private final int firstEpoch;
    private volatile boolean stopping;

    NodeContext(Node node, Map<String, String> defaults) {
        this.node = node;
        this.defaults = defaults;
        this.runningStart = node.runningEnd();
        this.firstEpoch = node.nextEpoch();
        this.clock = new SystemClock(() -> stopping);
    }

    /** Tells the instance to stop; any thread. */
    void stop() {
        stopping = true;
    }

    @Override
    public String pipeline() {
        return node.pipeline();
    }

    @Override
    public String stage() {
        return node.name();
    }

    @Override
    public <C> C config(Class<C> type) {
        var parameters = new HashMap<>(defaults);
        parameters.putAll(node.definition().parameters());
        return Converters.standardConverter().convert(parameters).to(type);
    }

    @Override
    public Map<String, String> extras(String prefix) {
        var extras = new HashMap<String, String>();
        node.definition().parameters().forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                extras.put(key.substring(prefix.length()), value);
            }
        });
        return extras;
    }

    @Override
    public Path resolve(String path) {
        return node.engine().home().resolve(path).normalize();
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public long runningStart() {
        return runningStart;
    }

    @Override
    public int firstEpoch() {
        return firstEpoch;
    }

    @Override
    public List<Input> inputs() {
        return node.inputs();
    }

    @Override
    public boolean stopping() {
        return stopping;
    }

    @Override
    public void wake() {
        node.wakeStage();
    }

    @Override
    public void gauge(String name, LongSupplier value) {
        node.figures().gauge(name, value);
    }

    @Override
    public void warn(String message) {
        node.figures().warn(node.id(), message);
    }
}
