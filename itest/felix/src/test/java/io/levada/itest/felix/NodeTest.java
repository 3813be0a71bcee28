/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.felix;

import static org.junit.Assert.assertEquals;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;
import static org.ops4j.pax.exam.CoreOptions.options;

import io.levada.api.media.LeakDetector;
import io.levada.api.pipeline.PipelineStatus;
import io.levada.api.pipeline.Pipelines;
import io.levada.api.pipeline.StageStatus;
import io.levada.api.pipeline.State;
import io.levada.itest.Await;
import io.levada.itest.Distribution;
import io.levada.itest.FreePort;
import io.levada.itest.PipelineFile;
import io.levada.launcher.NodeOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.inject.Inject;
import org.junit.After;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;

/** A test inside a node: the tests of one class share it, and each takes its pipelines away. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public abstract class NodeTest {

    static final Duration SOON = Duration.ofSeconds(10);

    private static final Path NODES = Path.of("target", "nodes").toAbsolutePath();

    @Inject
    BundleContext context;

    @Inject
    ConfigurationAdmin configurations;

    @Inject
    Pipelines pipelines;

    @Configuration
    public Option[] node() throws IOException {
        var home = Files.createDirectories(home());
        var media = Files.createDirectories(home.resolve("media"));
        Files.copy(Distribution.packed().clip(), media.resolve("clip.mp4"));
        Files.createDirectories(etc());
        Files.writeString(etc().resolve("io.levada.server.rtsp.cfg"), "port = " + FreePort.next() + "\n");
        prepare(media);
        var properties = Map.of("org.osgi.service.http.port", Integer.toString(FreePort.next()));
        return options(composite(NodeOptions.of(home, properties, "io.levada.itest")), junitBundles());
    }

    /** More material for the tests of a class, before there is a node. */
    void prepare(Path media) throws IOException {}

    final Path home() {
        return NODES.resolve(getClass().getSimpleName());
    }

    final Path etc() {
        return home().resolve("etc");
    }

    /** Every test leaves the node as it found it, and no sample behind. */
    @After
    public void nothingIsLeft() throws Exception {
        try (var files = Files.newDirectoryStream(etc(), "io.levada.pipeline-*.cfg")) {
            for (var file : files) {
                Files.delete(file);
            }
        }
        Await.until("no pipeline's file is left", SOON, () -> configurations(
                        "(&(felix.fileinstall.filename=*)(service.factoryPid=io.levada.pipeline))")
                .isEmpty());
        for (var configuration : configurations("(service.factoryPid=io.levada.pipeline)")) {
            configuration.delete();
        }
        Await.value("the pipelines are gone", SOON, this::names, List::isEmpty);
        Await.value("no sample is left", SOON, LeakDetector::live, List::isEmpty);
        assertEquals("leaks found by the collector", 0, LeakDetector.leaks());
    }

    private List<String> names() {
        return pipelines.pipelines().stream().map(PipelineStatus::name).toList();
    }

    private List<org.osgi.service.cm.Configuration> configurations(String filter) {
        try {
            var all = configurations.listConfigurations(filter);
            return all == null ? List.of() : Arrays.asList(all);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** By Config Admin, as the console does. */
    final void configure(String name, String text) throws IOException {
        Dictionary<String, Object> properties = new Hashtable<>(new PipelineFile(name, text).keys());
        configurations.getFactoryConfiguration("io.levada.pipeline", name, "?").update(properties);
    }

    final void unconfigure(String name) throws IOException {
        configurations.getFactoryConfiguration("io.levada.pipeline", name, "?").delete();
    }

    final PipelineStatus awaitState(String name, State state) {
        return awaitState(name, state, SOON);
    }

    final PipelineStatus awaitState(String name, State state, Duration atMost) {
        var seen = Await.value(
                name + " is " + state, atMost, () -> new Seen(pipelines.pipeline(name)), look -> look.status()
                        .map(PipelineStatus::state)
                        .equals(Optional.of(state)));
        return seen.status().orElseThrow();
    }

    /** Waits until the stage has taken so many more samples than by now. */
    final void awaitMore(String pipeline, String stage, long samples) {
        long before = samplesIn(pipeline, stage);
        Await.value(
                pipeline + "/" + stage + " goes on",
                SOON,
                () -> samplesIn(pipeline, stage) - before,
                more -> more >= samples);
    }

    /** Zero when there is no such stage. */
    final long samplesIn(String pipeline, String stage) {
        return stage(pipeline, stage).map(StageStatus::samplesIn).orElse(0L);
    }

    final Optional<StageStatus> stage(String pipeline, String stage) {
        return pipelines.pipeline(pipeline).stream()
                .flatMap(status -> status.stages().stream())
                .filter(candidate -> candidate.name().equals(stage))
                .findFirst();
    }

    final Bundle bundle(String symbolicName) {
        return Arrays.stream(context.getBundles())
                .filter(candidate -> candidate.getSymbolicName().equals(symbolicName))
                .findFirst()
                .orElseThrow();
    }

    /** A status whose text tells what matters when a test fails. */
    private record Seen(Optional<PipelineStatus> status) {

        @Override
        public String toString() {
            return status.map(it -> it.state() + problems(it)).orElse("no such pipeline");
        }
    }

    static String problems(PipelineStatus status) {
        return status.problems().stream()
                .map(problem -> "\n  " + problem.key() + "  " + problem.message() + " [" + problem.state() + "]")
                .collect(Collectors.joining());
    }
}
