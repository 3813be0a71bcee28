/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import io.levada.api.media.LeakDetector;
import io.levada.cuda.Cuda;
import io.levada.itest.gpu.node.NodeChecks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** The process of one part: {@code PartRun CLIP MODEL FOLDER REPORT PART [--software]}. {@link GpuReport} starts it. */
final class PartRun {

    private PartRun() {}

    public static void main(String[] arguments) throws Exception {
        boolean software = List.of(arguments).contains("--software");
        var cuda = Cuda.probe();
        if (!cuda.available() && !software) {
            System.err.println("itest/gpu/run: " + cuda + "; --software rehearses the part node without one");
            System.exit(2);
        }
        var part = Part.named(arguments[4]).orElseThrow();
        var report = new Report(ReportFile.read(Path.of(arguments[3])), part);
        report.line(cuda + ", Java " + Runtime.version() + ", "
                + Runtime.getRuntime().availableProcessors() + " processors, "
                + Instant.now().truncatedTo(ChronoUnit.SECONDS));
        cuda.devices()
                .forEach(device -> report.line(
                        "- " + device + ", " + device.architecture() + ", " + (device.memory() >> 20) + " MiB"));
        LeakDetector.level(part.measures() ? LeakDetector.Level.OFF : LeakDetector.Level.ALL);
        var folder = Files.createDirectories(Path.of(arguments[2]));
        var clips = new Clips(folder, Path.of(arguments[0]).toAbsolutePath());
        try {
            part.run(new Part.Run(
                    report, clips, arguments[1], new NodeChecks(report, software, folder.resolve("nodes"))));
        } catch (Throwable e) {
            report.check("the part goes through to its end", () -> {
                throw new AssertionError(e);
            });
        }
        if (software) {
            report.endRehearsal();
        } else {
            report.end();
        }
        System.exit(0); // CUDA's and ONNX Runtime's threads go on
    }
}
