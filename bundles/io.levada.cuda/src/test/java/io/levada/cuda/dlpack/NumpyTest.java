/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda.dlpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a library that is not ours, in a process that is Python's. */
class NumpyTest {

    @TempDir
    private Path directory;

    @Test
    void tensorsAndArraysAreTheSameMemoryBothWays() throws Exception {
        var python = pythonWithNumpy();
        for (var script : List.of("levada_dlpack.py", "numpy_round_trip.py")) {
            try (var resource = getClass().getResourceAsStream(script)) {
                Files.copy(resource, directory.resolve(script));
            }
        }
        var said = run(
                120,
                python,
                directory.resolve("numpy_round_trip.py").toString(),
                Path.of(System.getProperty("java.home"), "lib", "server", "libjvm.so")
                        .toString(),
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));

        assertTrue(said.contains("NumPy"), said);
    }

    /** The one on the path, or Debian's, which python3-numpy belongs to. */
    private String pythonWithNumpy() throws Exception {
        String missing = "";
        for (var python : List.of("python3", "/usr/bin/python3")) {
            try {
                run(60, python, "-c", "import numpy");
                return python;
            } catch (IOException | AssertionError e) {
                missing = "python3 with NumPy is needed (python3-numpy): " + e.getMessage();
            }
        }
        assertFalse("true".equals(System.getenv("CI")), missing);
        return abort(missing);
    }

    private String run(int seconds, String... command) throws Exception {
        var output = directory.resolve("output").toFile();
        var process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        var said = Files.readString(output.toPath());
        assertTrue(ended, "still running after " + seconds + " s: " + said);
        assertEquals(0, process.exitValue(), said);
        return said;
    }
}
