/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.Memory;
import io.levada.api.stage.Clock;
import io.levada.api.stage.Input;
import io.levada.api.stage.Stage;
import io.levada.api.stage.StageContext;
import io.levada.wiring.definition.Reference;
import io.levada.wiring.definition.StageDefinition;
import io.levada.wiring.type.Port;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.osgi.util.converter.Converters;

/** What a stage instance sees of its node. */
final class NodeContext implements StageContext {

    private static final Path DATA = Path.of("data");

    private final Node node;
    private final Map<String, String> defaults;
    private final Map<String, LongSupplier> gauges = new ConcurrentHashMap<>();
    private final Clock clock;
    private volatile StageDefinition definition;
    private long runningEnd;
    private int firstEpoch;
    private volatile boolean stopping;
    private String waiting = "";
    private volatile String explanation = "";
    private volatile BooleanSupplier demand = () -> true;
    private volatile Optional<Memory.Kind> memory = Optional.empty();

    /**
     * @param definition whose parameters the instance gets
     * @param defaults parameters that it does not have
     */
    NodeContext(Node node, StageDefinition definition, Map<String, String> defaults) {
        this.node = node;
        this.definition = definition;
        this.defaults = defaults;
        this.clock = new SystemClock(() -> stopping);
        begin();
    }

    /** The instance is about to work: its content begins no earlier than that of the one before ended. */
    void begin() {
        runningEnd = node.runningEnd();
        firstEpoch = node.nextEpoch();
    }

    /** Has the stage take the parameters of a fresh definition while it works; when it does not, it is told those before. */
    boolean reconfigure(Stage stage, StageDefinition fresh) throws Exception {
        var before = definition;
        boolean taken = false;
        try {
            definition = fresh;
            taken = stage.reconfigure(this);
        } finally {
            if (!taken) {
                definition = before;
            }
        }
        return taken;
    }

    /** Settings of the platform's have changed; the stage's parameters have not. */
    void adjust(StageDefinition fresh) {
        definition = fresh;
    }

    /** The figures of the instance's own. */
    Map<String, LongSupplier> gauges() {
        return gauges;
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
        parameters.putAll(definition.parameters());
        return Converters.standardConverter().convert(parameters).to(type);
    }

    @Override
    public Map<String, String> extras(String prefix) {
        var extras = new HashMap<String, String>();
        definition.parameters().forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                extras.put(key.substring(prefix.length()), value);
            }
        });
        return extras;
    }

    @Override
    public Path resolve(String path) {
        var relative = Path.of(path);
        var engine = node.engine();
        boolean inData = relative.getNameCount() > 1 && relative.startsWith("data");
        return inData
                ? engine.data().resolve(DATA.relativize(relative)).normalize()
                : engine.home().resolve(relative).normalize();
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public long runningStart() {
        return runningStart(0);
    }

    @Override
    public long runningStart(long age) {
        return node.live() ? Math.max(runningEnd, SystemClock.runningTime() - age) : runningEnd;
    }

    @Override
    public int firstEpoch() {
        return firstEpoch;
    }

    @Override
    public Map<String, Long> tallies() {
        return node.tallies();
    }

    @Override
    public List<Input> inputs() {
        return node.inputs();
    }

    @Override
    public List<String> from() {
        return definition.from().stream().map(Reference::toString).toList();
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
        gauges.put(name, value);
    }

    @Override
    public void takes(Memory.Kind kind) {
        memory = Optional.of(kind);
    }

    /** The same port in the memory that the instance takes; any thread. */
    Port taken(Port port) {
        return memory.map(port::in).orElse(port);
    }

    @Override
    public void demand(BooleanSupplier needed) {
        demand = needed;
    }

    /** Whether the instance needs what comes; any thread. */
    boolean demanding() {
        try {
            return demand.getAsBoolean();
        } catch (Throwable e) { // whatever a stage throws stays here
            Node.LOG.debug("{} can't say whether it needs anything: {}", id(), Node.describe(e));
            return true;
        }
    }

    @Override
    public void waiting(String reason) {
        waiting = reason;
    }

    /** What the instance waits for; empty if for nothing. On its thread. */
    String waiting() {
        return waiting;
    }

    @Override
    public void explain(String how) {
        explanation = how;
    }

    /** How the instance says that it works; empty if it does not. */
    String explanation() {
        return explanation;
    }

    @Override
    public void warn(String message) {
        node.figures().warn(node.id(), message);
    }
}
