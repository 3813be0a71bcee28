/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.levada.itest.Await;
import io.levada.itest.Command;
import io.levada.itest.Console;
import io.levada.itest.NodeProcess;
import io.levada.itest.PluginBundle;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.osgi.framework.Bundle;

/** Plugins on Felix's own page of bundles, by the requests that its forms and its script make, under a running pipeline. */
@Execution(ExecutionMode.SAME_THREAD) // each has the node for itself
class BundlesPageIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String PIPELINE =
            """
            cam.type      = source.test
            look.type     = analyzer.fine
            look.from     = cam:video
            """;

    private NodeProcess node;
    private Console console;
    private int restarts;

    @BeforeEach
    void start() {
        node = NodeProcess.run(Nodes.home(BundlesPageIT.class))
                .option("-Dfelix.fileinstall.poll=100")
                .start();
        console = Console.of(node);
        node.deploy("lobby", PIPELINE);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void aPluginIsInstalledUpdatedRefusedAndUninstalledAndARestartFindsTheSame() {
        var taken = upload(plugin("acme.fine", "1.0.0"), "fine-1.0.jar", Map.of("bundlestart", "start"));
        assertEquals(200, taken.status(), taken.body());
        assertTrue(taken.body().contains(">acme.fine 1.0.0 runs from fine-1.0.jar</div>"), taken.body());
        assertTrue(taken.body().contains("var lastBundleData = {"), "it is the page itself");
        awaitStage("RUNNING", "acme.fine 1.0.0");
        assertEquals(List.of("fine-1.0.jar"), plugins());

        assertEquals(
                200,
                upload(plugin("acme.fine", "2.0.0"), "fine-2.0.jar", Map.of()).status());
        awaitStage("RUNNING", "acme.fine 2.0.0");
        assertEquals(List.of("fine-1.0.jar"), plugins());

        long opened = bundle("acme.fine").path("id").asLong();
        var broken = new PluginBundle("acme.fine", "3.0.0", "io.levada.itest.plugin.fine")
                .header("Import-Package", "com.acme.nowhere,*")
                .write(jar());
        var refused = upload(broken, "fine-3.0.jar", Map.of());
        assertEquals(400, refused.status());
        assertTrue(
                refused.body()
                        .contains("fine-1.0.jar is not taken: acme.fine 2.0.0 stays, for acme.fine 3.0.0 can&#39;t take"
                                + " its place: nothing provides the package com.acme.nowhere"),
                refused.body());
        assertEquals(opened, bundle("acme.fine").path("id").asLong());
        awaitStage("RUNNING", "acme.fine 2.0.0");

        restart();
        awaitStage("RUNNING", "acme.fine 2.0.0");

        assertEquals(
                "{\"fragment\":false,\"stateRaw\":1}",
                act("acme.fine", "uninstall").body());
        awaitStage("WAITING", "");
        assertEquals(List.of(), plugins());

        restart();
        awaitStage("WAITING", "");
        assertTrue(bundle("acme.fine").isMissingNode());
    }

    @Test
    void aBundleIsChosenForItsOtherVersionOrRunsBesideIt() {
        upload(plugin("acme.fine", "1.0.0"), "fine.jar", Map.of());
        var inTheWay = upload(plugin("acme.fine", "2.0.0"), "fine.jar", Map.of("parallelVersion", "parallelVersion"));
        assertEquals(400, inTheWay.status());
        assertTrue(inTheWay.body().contains("rename yours"), inTheWay.body());
        upload(plugin("acme.fine", "2.0.0"), "other.jar", Map.of("parallelVersion", "parallelVersion"));
        assertEquals(List.of("fine.jar", "other.jar"), plugins());

        var unclear = upload(plugin("acme.fine", "3.0.0"), "fine-3.jar", Map.of());
        assertEquals(400, unclear.status());
        assertTrue(unclear.body().contains("say which: fine.jar, other.jar"), unclear.body());

        var id = bundle("acme.fine").path("id").asText();
        var chosen = upload(plugin("acme.fine", "3.0.0"), "fine-3.jar", Map.of("uploadid", id));
        assertEquals(200, chosen.status(), chosen.body());
        assertTrue(chosen.body().contains("acme.fine 3.0.0 runs from fine.jar"), chosen.body());
    }

    @Test
    void aStoppedPluginStaysStoppedUntilItIsStartedAndAnUpdateFromItsLocationChangesNothing() {
        upload(plugin("acme.fine", "1.0.0"), "fine.jar", Map.of());
        awaitStage("RUNNING", "acme.fine 1.0.0");
        var installed = bundle("acme.fine").path("id").asLong();
        assertEquals(
                "{\"fragment\":false,\"stateRaw\":32}",
                act("acme.fine", "update").body());
        assertEquals(
                "{\"fragment\":false,\"stateRaw\":32}",
                act("acme.fine", "refresh").body());
        awaitStage("RUNNING", "acme.fine 1.0.0");

        act("acme.fine", "stop");
        awaitStage("WAITING", "");
        upload(plugin("acme.another", "1.0.0"), "another.jar", Map.of());
        awaitStage("RUNNING", "acme.another 1.0.0");
        assertEquals(Bundle.RESOLVED, bundle("acme.fine").path("stateRaw").asInt());
        act("acme.another", "uninstall");
        restart();
        awaitStage("WAITING", "");
        assertTrue(node.levada("status").out().contains("fine.jar: it was stopped"));

        act("acme.fine", "start");
        awaitStage("RUNNING", "acme.fine 1.0.0");
        assertFalse(node.levada("status").out().contains("fine.jar: it was stopped"));
        assertEquals(installed, bundle("acme.fine").path("id").asLong());
    }

    @Test
    void aBundleThatIsNoPluginIsThePagesOwn() {
        var library = new PluginBundle("acme.library", "1.0.0", "com.acme.absent").write(jar());
        assertEquals(
                302,
                upload(library, "library.jar", Map.of("bundlestart", "start")).status());
        Await.until(
                "the library is there",
                SOON,
                () -> bundle("acme.library").path("stateRaw").asInt() == Bundle.ACTIVE);
        assertEquals(List.of(), plugins());
        act("acme.library", "uninstall");
        assertTrue(bundle("acme.library").isMissingNode());
    }

    @Test
    void aProgramIsToldInTextAndMayMixPluginsWithOtherBundles() {
        var library = new PluginBundle("acme.library", "1.0.0", "com.acme.absent")
                .write(node.home().resolve("library"));
        var command = Command.of(
                "curl",
                "-sS",
                "-w",
                "%{http_code}",
                "-H",
                "Authorization: " + console.authorization(),
                "-F",
                "action=install",
                "-F",
                "bundlestart=start",
                "-F",
                "bundlefile=@" + library,
                "-F",
                "bundlefile=@" + plugin("acme.fine", "1.0.0") + ";filename=fine.jar",
                "http://127.0.0.1:" + node.httpPort() + "/system/console/bundles");
        assertEquals("acme.fine 1.0.0 runs from fine.jar\n200", command.run().out());
        Await.until(
                "the library is there",
                SOON,
                () -> bundle("acme.library").path("stateRaw").asInt() == Bundle.ACTIVE);
        assertEquals(List.of("fine.jar"), plugins());
    }

    @Test
    void whatIsTooLongIsRefusedBeforeItIsSent() throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), node.httpPort())) {
            var head = "POST /system/console/bundles HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
                    + console.authorization()
                    + "\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 600000000\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            var answer = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            assertTrue(answer.readLine().startsWith("HTTP/1.1 413 "));
        }
    }

    private Path plugin(String name, String version) {
        return new PluginBundle(name, version, "io.levada.itest.plugin.fine").write(jar());
    }

    private Path jar() {
        return node.home().resolve("uploaded");
    }

    /** The page's dialog "Install or Update". */
    private Console.Answer upload(Path jar, String name, Map<String, String> more) {
        var form = new LinkedHashMap<String, String>();
        form.put("action", "install");
        form.putAll(more);
        form.put("bundlestartlevel", "1");
        return console.upload("bundles", form, "bundlefile", name, jar);
    }

    /** A button in a bundle's line. */
    private Console.Answer act(String bundle, String action) {
        return console.post("bundles/" + bundle(bundle).path("id").asText(), Map.of("action", action));
    }

    /** The first of a name. */
    private JsonNode bundle(String name) {
        try {
            var answer = console.get("bundles/.json");
            for (var bundle :
                    JSON.readTree(answer.status() == 200 ? answer.body() : "{}").path("data")) {
                if (bundle.path("symbolicName").asText().equals(name)) {
                    return bundle;
                }
            }
            return JSON.createObjectNode().path("none");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> plugins() {
        try (var files = Files.list(node.home().resolve("plugins"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jar") && !name.startsWith("acme.restart"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Until File Install has looked through plugins/, where it finds something new. */
    private void restart() {
        node.terminate();
        var name = "acme.restart" + ++restarts;
        new PluginBundle(name, "1.0.0", "com.acme.absent").drop(node.home().resolve("plugins/" + name + ".jar"));
        node.launch();
        Await.until("the node is up", SOON, () -> !node.state("lobby").isEmpty());
        Await.until(
                "plugins/ is read", SOON, () -> bundle(name).path("stateRaw").asInt() == Bundle.ACTIVE);
    }

    private void awaitStage(String state, String bundle) {
        Await.value(
                "the stage is " + state + " of " + bundle,
                SOON,
                () -> {
                    for (var stage : node.pipeline("lobby").path("stages")) {
                        if (stage.path("name").asText().equals("look")) {
                            return stage.path("state").asText() + " "
                                    + stage.path("bundle").asText();
                        }
                    }
                    return "none";
                },
                seen -> seen.equals(state + " " + bundle));
    }
}
