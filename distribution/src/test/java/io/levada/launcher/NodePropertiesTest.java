/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @ValueSource(strings = {"http", "", "65536", "99999999999", "8181 8182", "[8100,8000", "[90,80]", "-2"})
    void whatIsNoPortIsRefusedWithFileKeyAndRemedy(String port) throws IOException {
        Files.writeString(folder.resolve("levada.properties"), PORT + " = " + port + "\n");
        var error = assertThrows(LauncherException.class, this::port);
        assertTrue(error.getMessage().startsWith(PORT + " is '" + port + "'"), error.getMessage());
        assertTrue(
                error.getMessage().contains(folder.resolve("levada.properties").toString()), error.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "65535", "0", "-1", "[8000,8100]", "[8000,8100)", "(8000,]", "8181 "})
    void aPortARangeAnyPortAndNoneAreTaken(String port) throws IOException {
        Files.writeString(folder.resolve("levada.properties"), PORT + " = " + port + "\n");
        assertEquals(port.strip(), port());
    }

    private String port() {
        return NodeProperties.of(new Home(folder), folder, new DataDirectory(folder))
                .get(PORT);
    }
}
