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
import io.levada.itest.Console;
import io.levada.itest.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Felix's own page of configurations as its script uses it: what is saved there is in the file, and runs. */
class ConfigurationPageIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String CAM =
            """
            # the lobby's camera
            cam.type = source.test
            cam.rate = 10
            out.type = sink.null
            out.from = cam
            """;

    private static final String MORE = CAM + "more.type = sink.null\nmore.from = cam\n";

    private static NodeProcess node;
    private static Console console;

    @BeforeAll
    static void start() {
        node = NodeProcess.run(Nodes.home(ConfigurationPageIT.class)).start();
        console = Console.of(node);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void aPipelineIsCreatedEditedRefusedAndDeleted() throws IOException {
        var form = form("io.levada.pipeline?post=true&create=1");
        assertEquals("Levada pipeline", form.path("title").asText());
        assertEquals("Name", form.at("/properties/name/name").asText());
        assertTrue(form.at("/properties/definition/value").asText().contains("cam.type = source.media"));

        assertEquals(302, save(form, Map.of("name", "lobby", "definition", CAM)).status());
        node.awaitState("lobby", "RUNNING", SOON);
        assertEquals(CAM, Files.readString(file("lobby")));
        assertTrue(listed().contains("lobby (RUNNING)"), listed());
        assertTrue(listed().contains("/system/console/configMgr/levada.js"), listed());
        assertEquals(200, console.get("configMgr/levada.js").status());
        assertTrue(revisions("lobby").contains("console"), revisions("lobby"));

        form = form("io.levada.pipeline~lobby?post=true");
        assertEquals(CAM, form.at("/properties/definition/value").asText());
        assertEquals(
                302,
                save(form, Map.of("definition", MORE.replace("\n", "\r\n"))).status());
        Await.until("the new stage", SOON, () -> stages("lobby").contains("more"));
        assertEquals(MORE, Files.readString(file("lobby")));

        var refused = save(
                form,
                Map.of(
                        "definition",
                        MORE.replace("sink.null\nmore", "sink.nul\nmore").replace("cam.rate = 10", "cam.rat = 10")));
        assertEquals(400, refused.status());
        assertTrue(refused.body().contains("cam.rat  unknown parameter; did you mean rate?"), refused.body());
        assertEquals(MORE, Files.readString(file("lobby")));
        assertEquals("RUNNING", node.state("lobby"));

        node.terminate();
        node.launch();
        node.awaitState("lobby", "RUNNING", SOON);
        assertEquals(
                MORE,
                form("io.levada.pipeline~lobby?post=true")
                        .at("/properties/definition/value")
                        .asText());
        assertEquals(
                2,
                revisions("lobby")
                        .lines()
                        .filter(line -> line.contains("console"))
                        .count(),
                revisions("lobby"));

        assertEquals(
                200,
                console.post("configMgr/io.levada.pipeline~lobby", Map.of("apply", "1", "delete", "1"))
                        .status());
        node.awaitGone("lobby", SOON);
        assertFalse(Files.exists(file("lobby")));
        assertTrue(revisions("lobby").contains("removed by console"), revisions("lobby"));
        assertFalse(listed().contains("lobby (RUNNING)"));
    }

    @Test
    void aNewPipelineIsRefusedWithTheReasonAndLeavesNoTrace() throws IOException {
        var form = form("io.levada.pipeline?post=true&create=1");
        var unnamed = save(form, Map.of("name", "", "definition", CAM));
        assertEquals(400, unnamed.status());
        assertTrue(unnamed.body().startsWith("'' is no name for a pipeline"), unnamed.body());
        assertEquals(400, save(form, Map.of("name", "../x", "definition", CAM)).status());
        var bad = save(form, Map.of("name", "bad", "definition", CAM.replace("from = cam", "from = cm")));
        assertEquals(400, bad.status());
        assertTrue(bad.body().contains("out.from  cm is no stage of this pipeline; did you mean cam?"), bad.body());
        assertFalse(Files.exists(file("bad")));
        assertFalse(listed().contains("bad"), listed());
        var large = save(form, Map.of("name", "large", "definition", CAM + "# and so on\n".repeat(30_000)));
        assertEquals(400, large.status());
        assertTrue(large.body().startsWith("the form can't be read: it is larger than"), large.body());
        assertFalse(Files.exists(file("large")));

        assertEquals(302, save(form, Map.of("name", "twice", "definition", CAM)).status());
        assertEquals(
                400, save(form, Map.of("name", "twice", "definition", MORE)).status());
        assertEquals(CAM, Files.readString(file("twice")));
    }

    @Test
    void aPasswordIsNotShownAndNotLost() throws IOException {
        var secret = "cam.type = source.media\ncam.url = rtsp://watcher:pa55word@127.0.0.1:9/x\n";
        var created = form("io.levada.pipeline?post=true&create=1");
        assertEquals(
                302,
                save(created, Map.of("name", "secret", "definition", secret)).status());
        var form = form("io.levada.pipeline~secret?post=true");
        var shown = form.at("/properties/definition/value").asText();
        assertTrue(shown.contains("cam.url = rtsp://***@127.0.0.1:9/x"), shown);
        for (var page :
                new String[] {"configMgr/io.levada.pipeline~secret.json", "configMgr", "status-Configurations.txt"}) {
            assertFalse(console.get(page).body().contains("pa55word"), page);
        }
        assertEquals(
                302,
                save(form, Map.of("definition", shown + "cam.loop = true\n")).status());
        assertEquals(secret + "cam.loop = true\n", Files.readString(file("secret")));
    }

    @Test
    void otherConfigurationsKeepTheirFiles() throws IOException {
        assertTrue(listed().contains("RTSP server"));
        var file = node.etc().resolve("io.levada.server.rtsp.cfg");
        var form = Map.of(
                "apply", "true",
                "action", "ajaxConfigManager",
                "propertylist", "port,describe-wait",
                "port", Integer.toString(node.rtspPort()),
                "describe-wait", "4000");
        assertEquals(302, console.post("configMgr/io.levada.server.rtsp", form).status());
        assertTrue(Files.readString(file).contains("describe-wait = 4000"), Files.readString(file));
        assertTrue(Files.readString(file).contains("port = " + node.rtspPort()), Files.readString(file));
    }

    private static JsonNode form(String path) throws IOException {
        return JSON.readTree(console.get("configMgr/" + path).body());
    }

    /** As the page's script sends the form back. */
    private static Console.Answer save(JsonNode form, Map<String, String> values) {
        var fields = new LinkedHashMap<String, String>();
        fields.put("apply", "true");
        fields.put("factoryPid", form.path("factoryPid").asText());
        fields.put("action", "ajaxConfigManager");
        fields.put("$location", form.path("bundle_location").asText());
        fields.putAll(values);
        fields.put("propertylist", String.join(",", values.keySet()));
        return console.post("configMgr/" + form.path("pid").asText(), fields);
    }

    private static String listed() {
        return console.get("configMgr").body();
    }

    private static String revisions(String pipeline) {
        return node.levada("shell", "levada:revisions " + pipeline).out();
    }

    private static Set<String> stages(String pipeline) {
        var names = new TreeSet<String>();
        node.pipeline(pipeline)
                .path("stages")
                .forEach(stage -> names.add(stage.path("name").asText()));
        return names;
    }

    private static Path file(String pipeline) {
        return node.etc().resolve("io.levada.pipeline-" + pipeline + ".cfg");
    }
}
