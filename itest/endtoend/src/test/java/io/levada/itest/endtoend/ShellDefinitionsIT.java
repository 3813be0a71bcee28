/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.itest.Await;
import io.levada.itest.Command;
import io.levada.itest.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Pipelines are changed by the shell's commands. */
class ShellDefinitionsIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String CAM =
            "# the lobby\ncam.type = source.test\ncam.rate = 10\nout.type = sink.null\nout.from = cam\n";

    private static NodeProcess node;

    @BeforeAll
    static void start() {
        node = NodeProcess.run(Nodes.home(ShellDefinitionsIT.class)).start();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static Command.Result shell(String command) {
        return node.levada("shell", command);
    }

    private static void write(String file, String text) throws IOException {
        Files.writeString(node.home().resolve(file), text);
    }

    @Test
    void aFileIsAppliedRefusedShownRolledBackAndDeleted() throws IOException {
        write("io.levada.pipeline-lobby.cfg", CAM);
        var applied = shell("levada:apply io.levada.pipeline-lobby.cfg");
        assertEquals(0, applied.code(), applied.err());
        assertTrue(applied.out().contains("RUNNING"), applied.out());
        assertEquals(CAM, Files.readString(file("lobby")));

        write("other.cfg", CAM.replace("sink.null", "sink.null\nout.kees = 1"));
        var refused = shell("levada:apply lobby other.cfg");
        assertEquals(1, refused.code());
        assertTrue((refused.out() + refused.err()).contains("out.kees"), refused.out() + refused.err());
        assertEquals(CAM, Files.readString(file("lobby")));

        write("other.cfg", CAM.replace("10", "20"));
        assertEquals(0, shell("levada:apply lobby other.cfg").code());
        assertTrue(shell("levada:diff lobby").out().contains("~ cam.rate: 10 -> 20"));
        assertTrue(shell("levada:text lobby").out().contains("cam.rate = 20"));
        var revisions = shell("levada:revisions lobby").out();
        assertEquals(
                2, revisions.lines().filter(line -> line.contains(" shell ")).count(), revisions);

        assertEquals(0, shell("levada:rollback lobby 1").code());
        assertEquals(CAM, Files.readString(file("lobby")));
        assertTrue(shell("levada:export lobby 1").out().contains("cam.rate = 10"));

        assertEquals(0, shell("levada:delete lobby").code());
        node.awaitGone("lobby", SOON);
        assertFalse(Files.exists(file("lobby")));
        assertEquals(0, shell("levada:rollback lobby 1").code());
        node.awaitState("lobby", "RUNNING", SOON);
        assertTrue(Files.exists(file("lobby")));
    }

    @Test
    void aTemplateIsKnownToTheCheck() throws IOException {
        write("io.levada.pipeline-gate.cfg", "template = cam\nrate = 10\n");
        assertTrue(node.levada("check", node.home() + "/io.levada.pipeline-gate.cfg")
                .out()
                .contains("io.levada.template-cam.cfg, which is not there"));
        Files.writeString(node.etc().resolve("io.levada.template-cam.cfg"), CAM.replace("10", "{{rate}}"));
        Await.until(
                "the template is there",
                SOON,
                () -> node.levada("check", node.home() + "/io.levada.pipeline-gate.cfg")
                                .code()
                        == 0);
        write("io.levada.pipeline-gate.cfg", "template = cam\nrte = 10\n");
        var wrong = node.levada("check", node.home() + "/io.levada.pipeline-gate.cfg");
        assertTrue(wrong.out().contains("did you mean rate?"), wrong.out());
    }

    private static Path file(String pipeline) {
        return node.etc().resolve("io.levada.pipeline-" + pipeline + ".cfg");
    }
}
