/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RefusedFileTest {

    private static final String LOGGER = "LogService.org.apache.felix.fileinstall";
    private static final Exception CAUSE =
            new RuntimeException(new IllegalArgumentException("Key [] must not be an empty string"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Failed to install artifact: /node/etc/io.levada.pipeline-bad.cfg",
                "Failed to update artifact /node/etc/io.levada.pipeline-bad.cfg"
            })
    void isToldInOneLineWithFileCauseAndRemedy(String message) {
        var told = RefusedFile.message(LOGGER, message, CAUSE).orElseThrow();
        assertTrue(told.startsWith("/node/etc/io.levada.pipeline-bad.cfg is left out"), told);
        assertTrue(told.contains("Key [] must not be an empty string"), told);
        assertTrue(told.endsWith("bin/levada check /node/etc/io.levada.pipeline-bad.cfg tells more"), told);
    }

    @Test
    void aLineWithoutAKeyIsNamed(@TempDir Path folder) throws IOException {
        var file = Files.writeString(
                folder.resolve("io.levada.pipeline-bad.cfg"), "# a comment\na.type = source.test\n =x\n");
        var told = RefusedFile.message(LOGGER, "Failed to install artifact: " + file, CAUSE)
                .orElseThrow();
        assertTrue(told.contains("line 3 has no key in front of its value"), told);
    }

    @Test
    void aCauseWithoutWordsIsNamedByItsClass() {
        var told = RefusedFile.message(LOGGER, "Failed to install artifact: a.cfg", new StackOverflowError());
        assertTrue(told.orElseThrow().contains("java.lang.StackOverflowError"), told.orElseThrow());
    }

    @Test
    void whatElseIsLoggedStaysAsItIs() {
        assertEquals(Optional.empty(), RefusedFile.message(LOGGER, "Failed to install artifact: a.jar", CAUSE));
        assertEquals(Optional.empty(), RefusedFile.message(LOGGER, "Failed to install artifact: a.cfg", null));
        assertEquals(Optional.empty(), RefusedFile.message("other", "Failed to install artifact: a.cfg", CAUSE));
    }
}
