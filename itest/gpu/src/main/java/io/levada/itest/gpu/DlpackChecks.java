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
                device));
        command.addAll(OwnProcess.options());
        var python = new ProcessBuilder(command);
        python.environment()
                .remove("LD_LIBRARY_PATH"); // what this Java may need there is not what PyTorch was built with
        return OwnProcess.run(python);
    }
}
