/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A node as a user runs it: {@code bin/levada} of a distribution unpacked for it alone, on free ports. */
public final class NodeProcess implements AutoCloseable {

    private static final Duration UP = Duration.ofMinutes(2);
    private static final Duration DOWN = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path home;
    private final String command;
    private final int httpPort = FreePort.next();
    private final int rtspPort = FreePort.next();
    private final List<String> options = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private Process process;

    private NodeProcess(Path home, String command) {
        this.home = home;
        this.command = command;
        delete(home);
        Distribution.packed().copyTo(home);
        write(etc().resolve("io.levada.server.rtsp.cfg"), "port = " + rtspPort + "\n");
    }

    /** One that is to do {@code bin/levada run}; the directory becomes its home, whatever was there before. */
    public static NodeProcess run(Path home) {
        return new NodeProcess(home, "run");
    }

    /** One that is to do {@code bin/levada demo}. */
    public static NodeProcess demo(Path home) {
        return new NodeProcess(home, "demo");
    }

    /** An option of its JVM. */
    public NodeProcess option(String option) {
        options.add(option);
        return this;
    }

    /** A variable of its environment. */
    public NodeProcess with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Starts it and waits until it says that all is well. */
    public NodeProcess start() {
        launch();
        try {
            Await.value("the node is up", UP, this::health, health -> health.path("state")
                    .asText()
                    .equals("RUNNING"));
        } catch (AssertionError e) {
            kill();
            throw e;
        }
        return this;
    }

    /** Starts it and returns at once. */
    public void launch() {
        var builder = new ProcessBuilder(home.resolve("bin/levada").toString(), command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output().toFile()));
        builder.environment().putAll(environment);
        builder.environment()
                .put("LEVADA_OPTS", "-Dorg.osgi.service.http.port=" + httpPort + " " + String.join(" ", options));
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Another command of the same home: {@code status}, {@code stop}, ... */
    public Command.Result levada(String... arguments) {
        return Command.of(home.resolve("bin/levada").toString(), arguments).run();
    }

    public Path home() {
        return home;
    }

    /** The directory that its pipelines are dropped into. */
    public Path etc() {
        return home.resolve(command.equals("demo") ? "examples/demo" : "etc");
    }

    public Path data() {
        return home.resolve(command.equals("demo") ? "data/demo" : "data");
    }

    public String rtsp(String path) {
        return "rtsp://127.0.0.1:" + rtspPort + path;
    }

    public int httpPort() {
        return httpPort;
    }

    public int rtspPort() {
        return rtspPort;
    }

    public long pid() {
        return process.pid();
    }

    public Figures figures() {
        return Figures.of(pid());
    }

    public PipelineFile deploy(String name, String text) {
        var file = new PipelineFile(name, text);
        file.drop(etc());
        return file;
    }

    public void remove(PipelineFile file) {
        file.delete(etc());
    }

    /** What /health answers; an empty object while nobody listens. */
    public JsonNode health() {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/health"))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return JSON.readTree(
                    http.send(request, HttpResponse.BodyHandlers.ofString()).body());
        } catch (ConnectException e) {
            if (!process.isAlive()) {
                throw new AssertionError("the node has ended: " + read(output()));
            }
            return JSON.createObjectNode();
        } catch (IOException e) {
            return JSON.createObjectNode(); // the console's bundles are not all there yet
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** The state of a pipeline, in capitals; empty when there is none of the name. */
    public String state(String pipeline) {
        return health().path("pipelines").path(pipeline).asText();
    }

    public void awaitState(String pipeline, String state, Duration atMost) {
        Await.value(pipeline + " is " + state, atMost, () -> state(pipeline), state::equals);
    }

    public void awaitGone(String pipeline, Duration atMost) {
        awaitState(pipeline, "", atMost);
    }

    /** What {@code levada status --json} tells of a pipeline. */
    public JsonNode pipeline(String name) {
        for (var pipeline : status().path("pipelines")) {
            if (pipeline.path("name").asText().equals(name)) {
                return pipeline;
            }
        }
        return JSON.createObjectNode();
    }

    /** What {@code levada status --json} tells of a stage; nothing where there is none. */
    public JsonNode stage(String pipeline, String name) {
        for (var stage : pipeline(pipeline).path("stages")) {
            if (stage.path("name").asText().equals(name)) {
                return stage;
            }
        }
        return JSON.createObjectNode();
    }

    /** What {@code levada status --json} tells. */
    public JsonNode status() {
        try {
            return JSON.readTree(
                    levada("status", "--json", "--data", data().toString()).out());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it printed. */
    public String printed() {
        return read(output());
    }

    public String log() {
        return read(data().resolve("log/levada.log"));
    }

    /** SIGTERM, and its end awaited. */
    public void terminate() {
        process.destroy();
        try {
            if (!process.waitFor(DOWN.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the node did not end within " + DOWN.toSeconds() + " s: " + log());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** SIGKILL, as when the power fails. */
    public void kill() {
        process.destroyForcibly();
        Await.until("the node is gone", DOWN, () -> !process.isAlive());
    }

    @Override
    public void close() {
        if (process != null && process.isAlive()) {
            terminate();
        }
    }

    private Path output() {
        return home.resolve("printed");
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
