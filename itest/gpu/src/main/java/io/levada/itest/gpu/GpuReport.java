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
import java.util.List;

/** Runs all that a GPU is needed for and writes a report: {@code GpuReport CLIP MODEL REPORT PART...}. */
public final class GpuReport {

    private GpuReport() {}

    public static void main(String[] arguments) throws Exception {
        var report = new Report(Path.of(arguments[2]));
        var parts = arguments.length > 3
                ? List.of(arguments).subList(3, arguments.length)
                : List.of(
                        "pixels",
                        "life",
                        "dlpack",
                        "encode",
                        "copies",
                        "inference",
                        "speed",
                        "bandwidth",
                        "node",
                        "faults",
                        "devices");
        report.line("# GPU report\n");
        report.line(Cuda.probe() + ", Java " + Runtime.version() + ", "
                + Runtime.getRuntime().availableProcessors() + " processors");
        boolean software = parts.contains("--software");
        if (!Cuda.probe().available() && !software) {
            System.exit(2);
        }
        Cuda.probe()
                .devices()
                .forEach(device -> report.line(
                        "- " + device + ", " + device.architecture() + ", " + (device.memory() >> 20) + " MiB"));
        var clips = new Clips(
                Files.createTempDirectory("levada-gpu"), Path.of(arguments[0]).toAbsolutePath());
        LeakDetector.level(LeakDetector.Level.ALL);
        if (parts.contains("pixels")) {
            new PixelChecks(report, clips).run();
        }
        if (parts.contains("life")) {
            new LifeChecks(report, clips).run();
        }
        if (parts.contains("dlpack")) {
            new DlpackChecks(report, clips).run();
        }
        if (parts.contains("encode")) {
            new EncodeChecks(report, clips).run();
        }
        if (parts.contains("copies")) {
            var copies = new CopyChecks(clips, arguments[1]);
            report.section("Copies between host and GPU");
            report.check("no frame bytes cross to the host in " + Chain.TENSORS, () -> copies.run(Chain.TENSORS));
            report.check("they would be seen, as in " + Chain.DOWNLOAD, () -> copies.run(Chain.DOWNLOAD));
        }
        if (parts.contains("inference")) {
            new InferenceChecks(report, clips, arguments[1]).run();
        }
        if (parts.contains("speed")) {
            LeakDetector.level(LeakDetector.Level.OFF);
            new Benchmarks(report, clips, Integer.getInteger("frames", 3000)).run();
        }
        if (parts.contains("bandwidth")) {
            LeakDetector.level(LeakDetector.Level.OFF);
            Bandwidth.report(report);
        }
        var nodes = new NodeChecks(report, software, clips.directory().resolve("nodes"));
        if (parts.contains("node")) {
            nodes.node();
        }
        if (parts.contains("faults")) {
            nodes.faults();
        }
        if (parts.contains("devices")) {
            nodes.devices();
        }
        report.line("\n" + (report.failed() == 0 ? "All checks hold." : report.failed() + " checks FAILED."));
        System.exit(report.failed() == 0 ? 0 : 1);
    }
}
