/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodePropertiesTest {

    private static final String PORT = "org.osgi.service.http.port";

    @TempDir
    Path folder;

    @AfterEach
    void clear() {
        System.clearProperty(PORT);
    }

    @Test
    void theFileGoesOverTheLauncherAndTheJvmOverTheFile() throws IOException {
        assertEquals("8181", port());
        Files.writeString(folder.resolve("levada.properties"), PORT + " = 9191\n");
        assertEquals("9191", port());
        System.setProperty(PORT, "7171");
        assertEquals("7171", port());
    }

    @Test
    void theConsoleListensOnLoopbackOnlyUntilToldOtherwise() {
        assertEquals(
                "127.0.0.1",
                NodeProperties.of(new Home(folder), folder, new DataDirectory(folder))
                        .get("org.apache.felix.http.host"));
    }

    private String port() {
        return NodeProperties.of(new Home(folder), folder, new DataDirectory(folder))
                .get(PORT);
    }
}
