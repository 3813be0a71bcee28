/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.pipeline.Problem;
import io.levada.api.pipeline.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.launch.Framework;
import org.osgi.service.cm.ConfigurationPlugin;

class CommandsTest {

    @TempDir
    static Path home;

    private static Framework framework;

    @BeforeAll
    static void start() throws BundleException {
        framework = new FrameworkFactory()
                .newFramework(Map.of(
                        "org.osgi.framework.storage", home.resolve("cache").toString(),
                        "levada.home", home.toString(),
                        "camera.host", "10.0.0.7"));
        framework.init();
    }

    @AfterAll
    static void stop() throws Exception {
        framework.stop();
        framework.waitForStop(10_000);
    }

    private static BundleContext context() {
        return framework.getBundleContext();
    }

    private static Commands commands(Problem... wrong) {
        var now = Instant.now();
        return new Commands(
                context(),
                new Sample.Node(
                        List.of(Sample.lobby(now), Sample.gate(now)), List.of(Sample.motion()), List.of(wrong)));
    }

    private static String failure(Runnable command) {
        return assertThrows(CommandFailed.class, command::run).getMessage();
    }

    private static Path file(String name, String content) throws IOException {
        return Files.writeString(home.resolve(name), content);
    }

    @Test
    void withoutTheWiringEveryCommandSaysSo() {
        var commands = new Commands(context());
        for (Runnable command : List.<Runnable>of(commands::pipelines, commands::stages, commands::stats)) {
            assertTrue(failure(command).contains("io.levada.wiring does not run"));
        }
    }

    @Test
    void anUnknownNameIsAnsweredWithANearOneAndWhatThereIs() {
        assertEquals("no pipeline loby; did you mean lobby?; there are: lobby, gate", failure(() -> commands()
                .pipelines("loby")));
        assertEquals("no pipeline other; there are: lobby, gate", failure(() -> commands()
                .stats("other")));
        assertEquals(
                "no stage type analyzer.moton; did you mean analyzer.motion?; there are: analyzer.motion",
                failure(() -> commands().stages("analyzer.moton")));
    }

    @Test
    void everyCommandAnswersWithItsText() {
        assertTrue(commands().pipelines().startsWith("NAME"));
        assertTrue(commands().pipelines("gate").startsWith("gate RETRYING for 40 s"));
        assertTrue(commands().stages().contains("analyzer.motion  analyzer"));
        assertTrue(commands().stages("analyzer.motion").contains("threshold"));
        assertTrue(commands().stats().contains("lobby RUNNING"));
        assertFalse(commands().stats("gate").contains("lobby"));
    }

    @Test
    void aFineFileIsFine() throws IOException {
        file("io.levada.pipeline-yard.cfg", "# a comment\ncam.type = source.media\n");
        assertEquals("yard is fine", commands().check("io.levada.pipeline-yard.cfg"));
    }

    @Test
    void whatIsWrongWithAFileFailsTheCommand() throws IOException {
        var file = file("io.levada.pipeline-gate.cfg", "cam.type = source.media\n");
        var wrong = new Sample.Wrong("cam.url", "is required", State.INVALID);
        assertEquals("gate would be INVALID\n  cam.url  is required", failure(() -> commands(wrong)
                .check(file.toString())));
    }

    @Test
    void aFileWithANameThatTheNodeDoesNotTakeIsNamed() throws IOException {
        file("lobby.cfg", "cam.type = source.media\n");
        assertTrue(failure(() -> commands().check("lobby.cfg")).contains("io.levada.pipeline-NAME.cfg"));
    }

    @Test
    void aFileThatCantBeReadIsNamedWithTheReason() throws IOException {
        assertTrue(failure(() -> commands().check("nowhere.cfg")).contains("nowhere.cfg is not there"));
        Files.createDirectories(home.resolve("folder.cfg"));
        assertTrue(failure(() -> commands().check("folder.cfg")).contains("is a folder"));
        Files.write(home.resolve("large.cfg"), new byte[2 << 20]);
        assertTrue(failure(() -> commands().check("large.cfg")).contains("larger than"));
    }

    @Test
    void filesAreReadAsFileInstallReadsThem() throws IOException {
        var file = file(
                "io.levada.pipeline-read.cfg",
                """
                # comment
                cam.type  = source.media
                cam.url = rtsp://${camera.host}/\\
                          stream
                cam.password = $[secret:camera]
                text.label = Zürich = 中
                motion.from: cam
                """);
        var read = PipelineFile.read(file, context());
        assertEquals("read", read.name());
        assertEquals(
                Map.of(
                        "cam.type", "source.media",
                        "cam.url", "rtsp://10.0.0.7/stream",
                        "cam.password", "$[secret:camera]",
                        "text.label", "Zürich = 中",
                        "motion.from", "cam"),
                read.definition());
    }

    @Test
    void bytesThatAreNoTextAreRefused() throws IOException {
        Files.write(
                home.resolve("io.levada.pipeline-noise.cfg"),
                "cam.type = \u00e4".getBytes(StandardCharsets.ISO_8859_1));
        assertTrue(
                failure(() -> commands().check("io.levada.pipeline-noise.cfg")).contains("not text in UTF-8"));
    }

    @Test
    void secretsAreFilledInAsConfigAdminDoesIt() throws IOException {
        var file = file("io.levada.pipeline-door.cfg", "cam.type = source.media\ncam.password = $[secret:door]\n");
        ConfigurationPlugin secrets = (service, keys) -> keys.put(
                "cam.password", String.valueOf(keys.get("cam.password")).replace("$[secret:door]", "sesame"));
        var registration = context().registerService(ConfigurationPlugin.class, secrets, null);
        try {
            assertEquals(
                    "sesame", PipelineFile.read(file, context()).definition().get("cam.password"));
        } finally {
            registration.unregister();
        }
    }

    @Test
    void aBundleIsNamedByItsNumberOrItsSymbolicName() {
        var converter = new BundleConverter(context());
        assertSame(framework.getBundleContext().getBundle(0), converter.convert(Bundle.class, "0"));
        assertSame(
                framework.getBundleContext().getBundle(0),
                converter.convert(Bundle.class, "org.apache.felix.framework"));
        assertNull(converter.convert(Bundle.class, "nowhere"));
        assertNull(converter.convert(String.class, "0"));
    }
}
