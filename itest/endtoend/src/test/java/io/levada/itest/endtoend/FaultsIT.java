/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.levada.itest.Await;
import io.levada.itest.NodeProcess;
import io.levada.itest.PluginBundle;
import io.levada.itest.Viewers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Plugins that misbehave, each on a branch of its own of one pipeline. Each is named with cause and remedy; who watches the raw
 * stream of that pipeline sees nothing of them.
 */
@Execution(ExecutionMode.SAME_THREAD)
class FaultsIT {

    private static final Duration SOON = Duration.ofSeconds(40);

    private static final String PIPELINE =
            """
            memory         = 24 MB
            cam.type       = source.media
            cam.url        = media/car-detection.mp4
            cam.loop       = true
            raw.type       = server.rtsp
            raw.from       = cam
            raw.path       = /raw
            decode.type    = decoder
            decode.from    = cam:video
            fine.type      = analyzer.fine
            fine.from      = decode
            throwing.type  = analyzer.throwing
            throwing.from  = decode
            blocking.type  = analyzer.blocking
            blocking.from  = decode
            leaking.type   = analyzer.leaking
            leaking.from   = decode
            exiting.type   = analyzer.exiting
            exiting.from   = decode
            newer.type     = analyzer.newer
            newer.from     = decode
            missing.type   = analyzer.missing
            missing.from   = decode
            """;

    private static NodeProcess node;
    private static Viewers raw;

    @BeforeAll
    static void watch() throws IOException {
        node = NodeProcess.run(Nodes.home(FaultsIT.class)).option("-Dfelix.fileinstall.poll=100");
        for (var behaviour : new String[] {"fine", "throwing", "blocking", "leaking", "exiting", "missing"}) {
            plugin(behaviour, behaviour, "1.0.0").drop(jar(behaviour));
        }
        plugin("newer", "fine", "1.0.0")
                .header("Import-Package", "io.levada.api.stage;version=\"[2.0,3)\",*")
                .drop(jar("newer"));
        node.launch();
        Await.until("the shell answers", SOON, () -> node.levada("status").out().contains("pid"));
        node.deploy("lobby", PIPELINE);
        Await.until(
                "the stages are there",
                SOON,
                () -> stage("fine").path("samplesIn").asLong() > 0);
        raw = new Viewers(node, "/raw", 10);
    }

    @AfterAll
    static void theRawStreamIsUntouched() {
        Await.until("the good analyzer goes on", SOON, FaultsIT::goodGoesOn);
        var faults = raw.faults();
        raw.close();
        node.terminate();
        assertEquals(List.of(), faults);
    }

    private static boolean goodGoesOn() {
        long before = stage("fine").path("samplesIn").asLong();
        return Await.value(
                        "pictures", SOON, () -> stage("fine").path("samplesIn").asLong(), now -> now > before + 25)
                > before;
    }

    private static PluginBundle plugin(String name, String behaviour, String version) {
        return new PluginBundle("acme." + name, version, "io.levada.itest.plugin." + behaviour);
    }

    private static Path jar(String name) {
        return node.home().resolve("plugins").resolve(name + ".jar");
    }

    private static JsonNode stage(String name) {
        for (var stage : node.pipeline("lobby").path("stages")) {
            if (stage.path("name").asText().equals(name)) {
                return stage;
            }
        }
        return MissingNode.getInstance();
    }

    private static JsonNode await(String stage, String state) {
        return Await.value(stage + " is " + state, SOON, () -> stage(stage), seen -> seen.path("state")
                .asText()
                .equals(state));
    }

    private static void assertSays(String text, String... parts) {
        for (var part : parts) {
            assertTrue(text.contains(part), part + " is not in: " + text);
        }
    }

    @Test
    void oneThatThrowsOnEveryThirdPictureIsRestartedWithBackOff() {
        var stage = Await.value(
                "restarted",
                SOON,
                () -> stage("throwing"),
                seen -> seen.path("restarts").asInt() >= 3);
        assertSays(await("throwing", "RETRYING").path("reason").asText(), "next try in");
        assertSays(
                stage.path("fault").asText(),
                "IllegalStateException: the third picture is too much",
                "io.levada.itest.plugin.throwing.Throwing.analyze");
        assertEquals("acme.throwing 1.0.0", stage.path("bundle").asText());
    }

    @Test
    void oneThatBlocksForEverIsShownWithItsStackAndReplacedByAnotherVersion() {
        var stage = await("blocking", "FAILED");
        assertSays(
                stage.path("reason").asText(),
                "hangs in a call since 10 s at io.levada.itest.plugin.blocking.Blocking.analyze(Blocking.java:",
                "acme.blocking 1.0.0",
                "remedy:");
        assertSays(stage.path("fault").asText(), "LockSupport.park", "Blocking.analyze");
        assertSays(node.log(), "lobby/blocking hangs in a call of acme.blocking 1.0.0");
        plugin("blocking", "mended", "2.0.0").drop(jar("blocking"));
        var mended = await("blocking", "RUNNING");
        assertEquals("acme.blocking 2.0.0", mended.path("bundle").asText());
    }

    @Test
    void oneThatKeepsEveryPictureIsClosedBeforeTheNodeRunsOutOfMemory() {
        var stage = await("leaking", "FAILED");
        assertSays(
                stage.path("reason").asText(),
                "keeps samples and does not give them back",
                "of the 24 MB",
                "acme.leaking 1.0.0",
                "remedy:");
        Await.until(
                "what it keeps counts no more",
                SOON,
                () -> node.pipeline("lobby").path("memory").asLong() < 24_000_000);
    }

    @Test
    void oneThatCallsSystemExitIsKeptFromIt() {
        var reason = Await.value(
                "it is told",
                SOON,
                () -> stage("exiting").path("reason").asText(),
                text -> text.contains("System.exit"));
        assertSays(reason, "acme.exiting 1.0.0 was kept from ending the node", "Exiting.analyze", "remedy:");
    }

    @Test
    void oneForANewerApiIsNamedWithBothVersions() {
        assertSays(await("newer", "WAITING").path("reason").asText(), "waits for stage type analyzer.newer");
        var status = Await.value("status", SOON, () -> node.levada("status").out(), text -> text.contains("newer.jar"));
        assertSays(
                status,
                "it needs io.levada.api.stage from version 2.0.0 on, this node has 0.1.0",
                "take a version of the plugin that was built for this node, or update the node");
    }

    @Test
    void oneWithAMissingPackageIsNamedWithThePackage() {
        assertSays(await("missing", "WAITING").path("reason").asText(), "waits for stage type analyzer.missing");
        var status =
                Await.value("status", SOON, () -> node.levada("status").out(), text -> text.contains("missing.jar"));
        assertSays(status, "nothing provides the package com.acme.absent", "put the bundle that provides it");
    }
}
