/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import io.levada.cuda.dlpack.DLPack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Tensors and PyTorch's are the same memory, on the GPU and on the host; in a process of Python's with Java in it. */
final class DlpackChecks {

    /** Another one than the first on the path has PyTorch. */
    private static final String PYTHON = System.getenv().getOrDefault("PYTHON", "python3");

    private final Report report;
    private final Clips clips;

    DlpackChecks(Report report, Clips clips) {
        this.report = report;
        this.clips = clips;
    }

    void run() throws Exception {
        report.section("DLPack");
        var directory = Files.createTempDirectory("levada-dlpack");
        copy(DLPack.class, "levada_dlpack.py", directory);
        copy(DlpackChecks.class, "torch_round_trip.py", directory);
        for (var device : List.of("cuda", "cpu")) {
            report.check("tensors to PyTorch and back, on the " + device, () -> roundTrip(directory, device));
        }
    }

    private static void copy(Class<?> beside, String name, Path directory) throws Exception {
        try (var resource = beside.getResourceAsStream(name)) {
            Files.copy(resource, directory.resolve(name));
        }
    }

    private String roundTrip(Path directory, String device) throws Exception {
        var command = new ArrayList<>(List.of(
                PYTHON,
                "-B",
                directory.resolve("torch_round_trip.py").toString(),
                Path.of(System.getProperty("java.home"), "lib", "server", "libjvm.so")
                        .toString(),
                clips.original().toString(),
                device,
                "-Xmx1g"));
        for (var property :
                List.of("java.class.path", "org.bytedeco.javacpp.maxbytes", "org.bytedeco.javacpp.maxphysicalbytes")) {
            if (System.getProperties().containsKey(property)) {
                command.add("-D" + property + "=" + System.getProperty(property));
            }
        }
        var output = directory.resolve(device + ".log");
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(200, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        var said = Files.readString(output);
        if (process.exitValue() != 0) {
            throw new AssertionError("exit " + process.exitValue() + ": " + said);
        }
        return said.lines()
                .filter(line -> line.startsWith("SEEN "))
                .map(line -> line.substring(5))
                .reduce("", (a, b) -> a + "\n  - " + b);
    }
}
