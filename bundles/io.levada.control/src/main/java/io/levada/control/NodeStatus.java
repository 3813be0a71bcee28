/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.levada.api.pipeline.PipelineStatus;
import io.levada.api.pipeline.Pipelines;
import io.levada.api.pipeline.PluginStatus;
import io.levada.api.pipeline.Plugins;
import io.levada.api.pipeline.StageStatus;
import io.levada.api.server.Readers;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.startlevel.FrameworkStartLevel;

/** The state of the node: its process, its bundles and its pipelines. */
final class NodeStatus {

    /** Exit codes of {@code levada status}; 3 (not running) is the client's to find. */
    static final int HEALTHY = 0;

    static final int DEGRADED = 4;

    private static final JsonFactory JSON = new JsonFactory();

    private final BundleContext context;
    private final Supplier<Optional<Pipelines>> pipelines;
    private final Supplier<Optional<Plugins>> plugins;
    private final Supplier<List<Readers>> servers;

    NodeStatus(
            BundleContext context,
            Supplier<Optional<Pipelines>> pipelines,
            Supplier<Optional<Plugins>> plugins,
            Supplier<List<Readers>> servers) {
        this.context = context;
        this.pipelines = pipelines;
        this.plugins = plugins;
        this.servers = servers;
    }

    private List<PluginStatus> plugins() {
        return plugins.get().map(Plugins::list).orElse(List.of());
    }

    List<PipelineStatus> pipelines() {
        return pipelines.get().map(Pipelines::pipelines).orElse(List.of());
    }

    /** Prints it and answers the exit code. */
    int print(PrintStream out, boolean json) {
        var now = pipelines();
        var idle = idleBundles();
        var state = state(now, idle);
        out.println(json ? json(state, now, idle) : text(state, now, idle));
        return state.equals("DEGRADED") ? DEGRADED : HEALTHY;
    }

    private String state(List<PipelineStatus> now, List<String> idle) {
        var wanted = Integer.parseInt(context.getProperty(Constants.FRAMEWORK_BEGINNING_STARTLEVEL));
        var framework = context.getBundle(0);
        if (framework.getState() != Bundle.ACTIVE
                || framework.adapt(FrameworkStartLevel.class).getStartLevel() < wanted) {
            return framework.getState() == Bundle.STOPPING ? "STOPPING" : "STARTING";
        }
        boolean healthy = idle.isEmpty() && now.stream().allMatch(p -> p.state().healthy());
        return healthy ? "RUNNING" : "DEGRADED";
    }

    /** Bundles that should run and don't. */
    private List<String> idleBundles() {
        return Stream.of(context.getBundles())
                .filter(b -> b.getHeaders("").get(Constants.FRAGMENT_HOST) == null)
                .filter(b -> (b.getState() & (Bundle.ACTIVE | Bundle.STARTING | Bundle.STOPPING)) == 0)
                .map(b -> b.getSymbolicName() + " " + b.getVersion())
                .toList();
    }

    /** Which GPUs there are, or why none; empty where the node has no bundle that would use one. */
    private Optional<String> gpu() {
        return Optional.ofNullable(context.getServiceReference("io.levada.cuda.Cuda"))
                .map(reference -> String.valueOf(reference.getProperty("levada.gpu")));
    }

    private String text(String state, List<PipelineStatus> now, List<String> idle) {
        var text = new StringBuilder();
        var runtime = ManagementFactory.getRuntimeMXBean();
        text.append("Levada %s %s, pid %d, up %s%n"
                .formatted(property("levada.version"), state, runtime.getPid(), span(runtime.getUptime())));
        text.append("  data      ").append(property("levada.data")).append('\n');
        text.append("  console   ")
                .append(console().orElse("not there; the log says why"))
                .append('\n');
        gpu().ifPresent(gpu -> text.append("  gpu       ").append(gpu).append('\n'));
        text.append("  bundles   ").append(context.getBundles().length);
        text.append(idle.isEmpty() ? "" : ", of which do not run: " + String.join(", ", idle));
        for (var plugin : plugins()) {
            if (!plugin.problem().isEmpty()) {
                text.append("%n  plugin    %s: %s".formatted(plugin.file(), plugin.problem()));
            }
        }
        for (var pipeline : now) {
            text.append("%n  %-9s %-9s %s  %d dropped%s"
                    .formatted(
                            pipeline.name(),
                            pipeline.state(),
                            PipelineLine.flow(pipeline),
                            pipeline.dropped(),
                            PipelineLine.reason(pipeline)));
        }
        return text.toString();
    }

    private String json(String state, List<PipelineStatus> now, List<String> idle) {
        var text = new StringWriter();
        try (var json = JSON.createGenerator(text)) {
            var runtime = ManagementFactory.getRuntimeMXBean();
            json.writeStartObject();
            json.writeStringField("version", property("levada.version"));
            json.writeStringField("state", state);
            json.writeNumberField("pid", runtime.getPid());
            json.writeStringField(
                    "since", Instant.ofEpochMilli(runtime.getStartTime()).toString());
            json.writeStringField("data", property("levada.data"));
            json.writeStringField("console", console().orElse(""));
            json.writeStringField("gpu", gpu().orElse(""));
            json.writeNumberField("bundles", context.getBundles().length);
            json.writeFieldName("bundlesNotRunning");
            json.writeArray(idle.toArray(String[]::new), 0, idle.size());
            json.writeArrayFieldStart("plugins");
            for (var plugin : plugins()) {
                write(json, plugin);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("pipelines");
            for (var pipeline : now) {
                write(json, pipeline);
            }
            json.writeEndArray();
            ReaderJson.write(json, servers.get());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("in memory", e);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, PluginStatus plugin) throws IOException {
        json.writeStartObject();
        json.writeStringField("file", plugin.file());
        json.writeStringField("bundle", plugin.bundle());
        json.writeStringField("version", plugin.version());
        json.writeBooleanField("running", plugin.running());
        json.writeStringField("problem", plugin.problem());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, PipelineStatus pipeline) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", pipeline.name());
        json.writeStringField("state", pipeline.state().name());
        json.writeStringField("since", pipeline.since().toString());
        json.writeNumberField("framesPerSecond", pipeline.framesPerSecond());
        json.writeNumberField("latencyP99Millis", pipeline.latencyP99() / 1e6);
        json.writeNumberField("readers", pipeline.readers());
        json.writeNumberField("events", pipeline.events());
        json.writeNumberField("dropped", pipeline.dropped());
        json.writeNumberField("memory", pipeline.memory());
        json.writeArrayFieldStart("problems");
        for (var problem : pipeline.problems()) {
            json.writeStartObject();
            json.writeStringField("key", problem.key());
            json.writeStringField("state", problem.state().name());
            json.writeStringField("message", problem.message());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("stages");
        for (var stage : pipeline.stages()) {
            write(json, stage);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, StageStatus stage) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", stage.name());
        json.writeStringField("type", stage.type());
        json.writeStringField("implementation", stage.implementation());
        json.writeStringField("bundle", stage.bundle());
        json.writeStringField("state", stage.state().name());
        json.writeStringField("reason", stage.reason());
        json.writeNumberField("samplesIn", stage.samplesIn());
        json.writeNumberField("samplesOut", stage.samplesOut());
        json.writeNumberField("latencyP99Millis", stage.latencyP99() / 1e6);
        json.writeNumberField("restarts", stage.restarts());
        json.writeStringField("fault", stage.fault());
        json.writeNumberField("warnings", stage.warnings());
        json.writeObjectFieldStart("gauges");
        for (var gauge : stage.gauges().entrySet()) {
            json.writeNumberField(gauge.getKey(), gauge.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    /** The web console's address; empty when its port could not be opened. */
    private Optional<String> console() {
        var runtime = context.getServiceReference("org.osgi.service.servlet.runtime.HttpServiceRuntime");
        return runtime != null
                        && runtime.getProperty("osgi.http.endpoint") instanceof String[] endpoints
                        && endpoints.length > 0
                ? Optional.of(endpoints[0] + "system/console")
                : Optional.empty();
    }

    private String property(String key) {
        return Optional.ofNullable(context.getProperty(key)).orElse("?");
    }

    /** A time span with its two greatest units, such as {@code 3 h 12 min}. */
    private static String span(long millis) {
        var d = Duration.ofMillis(millis);
        if (d.toDays() > 0) {
            return d.toDays() + " d " + d.toHoursPart() + " h";
        }
        if (d.toHours() > 0) {
            return d.toHours() + " h " + d.toMinutesPart() + " min";
        }
        return d.toMinutes() > 0 ? d.toMinutes() + " min " + d.toSecondsPart() + " s" : d.toSeconds() + " s";
    }
}
