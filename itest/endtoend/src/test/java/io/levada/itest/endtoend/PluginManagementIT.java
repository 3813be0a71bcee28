/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.levada.itest.Await;
import io.levada.itest.NodeProcess;
import io.levada.itest.PluginBundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Plugins as they are managed from the shell, under a running pipeline. */
class PluginManagementIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    private static final String PIPELINE =
            """
            cam.type      = source.test
            look.type     = analyzer.fine
            look.from     = cam:video
            old.type      = analyzer.fine
            old.from      = cam:video
            old.version   = [1.0,2.0)
            """;

    private NodeProcess node;

    @BeforeEach
    void start() {
        node = NodeProcess.run(Nodes.home(PluginManagementIT.class))
                .option("-Dfelix.fileinstall.poll=100")
                .start();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private PluginBundle plugin(String version) {
        return new PluginBundle("acme.fine", version, "io.levada.itest.plugin.fine");
    }

    private Path jar(String name) {
        return node.home().resolve(name);
    }

    private String shell(int rc, String... command) {
        var all = new String[command.length + 1];
        all[0] = "shell";
        System.arraycopy(command, 0, all, 1, command.length);
        var result = node.levada(all);
        assertEquals(rc, result.code(), result.out() + result.err());
        return result.out() + result.err();
    }

    private JsonNode stage(String name) {
        for (var stage : node.pipeline("lobby").path("stages")) {
            if (stage.path("name").asText().equals(name)) {
                return stage;
            }
        }
        throw new AssertionError("no stage " + name);
    }

    private void awaitBundle(String stage, String bundle) {
        Await.value(
                stage + " is of " + bundle,
                SOON,
                () -> stage(stage),
                seen -> seen.path("state").asText().equals("RUNNING")
                        && seen.path("bundle").asText().equals(bundle));
    }

    @Test
    void aPluginIsInstalledUpdatedPinnedAndRemovedFromTheShellAndARestartFindsTheSame() {
        plugin("1.0.0").write(jar("one.jar"));
        plugin("2.0.0").write(jar("two.jar"));
        plugin("3.0.0").header("Import-Package", "com.acme.nowhere,*").write(jar("three.jar"));
        node.deploy("lobby", PIPELINE);
        assertTrue(shell(0, "levada:install one.jar").contains("acme.fine 1.0.0 runs from one.jar"));
        awaitBundle("look", "acme.fine 1.0.0");

        assertTrue(shell(0, "levada:install two.jar").contains("acme.fine 2.0.0 runs from two.jar"));
        assertTrue(shell(1, "levada:update acme.fine three.jar").contains("say which: one.jar, two.jar"));
        assertTrue(
                shell(1, "levada:update two.jar three.jar").contains("nothing provides the package com.acme.nowhere"));
        assertTrue(shell(0, "levada:plugins")
                .matches("(?s).*one.jar +acme.fine +1.0.0 +runs.*two.jar +acme.fine +2.0.0 +runs.*"));

        node.terminate();
        node.start();
        awaitBundle("look", "acme.fine 2.0.0");
        awaitBundle("old", "acme.fine 1.0.0");

        shell(0, "levada:remove two.jar");
        awaitBundle("look", "acme.fine 1.0.0");
        assertTrue(Files.notExists(node.home().resolve("plugins/two.jar")));

        shell(0, "levada:update acme.fine two.jar");
        awaitBundle("look", "acme.fine 2.0.0");
        var waiting = Await.value("it waits", SOON, () -> stage("old"), seen -> seen.path("state")
                .asText()
                .equals("WAITING"));
        assertTrue(
                waiting.path("reason").asText().contains("of version [1.0,2.0); there is 2.0.0"), waiting.toString());
        assertTrue(shell(1, "levada:remove plates").contains("there is no plugin plates"));
    }
}
