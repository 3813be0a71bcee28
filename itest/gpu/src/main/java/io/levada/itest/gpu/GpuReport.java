/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Runs all that a GPU is needed for and writes a report: {@code GpuReport CLIP MODEL FOLDER REPORT [--software] PART...}, where
 * FOLDER is for what is made on the way. Each part is a {@link PartRun}, in a process of its own.
 */
public final class GpuReport {

    private static final int HOLDS = 0;
    private static final int FAILED = 1;
    private static final int REFUSED = 2;
    private static final String SOFTWARE = "--software";

    private final List<String> material;
    private final Path file;
    private final boolean software;
    private final Set<Part> parts;

    private GpuReport(List<String> arguments) {
        material = arguments.subList(0, 4);
        file = Path.of(arguments.get(3));
        var named = new ArrayList<>(arguments.subList(4, arguments.size()));
        software = named.removeAll(List.of(SOFTWARE));
        parts = software && named.isEmpty() ? EnumSet.of(Part.NODE) : Settings.chosen(Part.class, "part", named);
        require(
                !software || parts.equals(EnumSet.of(Part.NODE)),
                "without a card the part node alone can be rehearsed");
        require(Part.named(arguments.get(3)).isEmpty(), "the report's name stands before the parts");
        Settings.check();
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException(what);
        }
    }

    public static void main(String[] arguments) throws Exception {
        try {
            System.exit(new GpuReport(List.of(arguments)).run());
        } catch (IllegalArgumentException e) {
            System.err.println("itest/gpu/run: " + e.getMessage());
            System.exit(REFUSED);
        }
    }

    private int run() throws IOException, InterruptedException {
        ReportFile.read(file);
        for (var part : parts) {
            if (run(part) == REFUSED) {
                return REFUSED;
            }
        }
        var report = ReportFile.read(file);
        System.out.println("\n" + report.verdict());
        return report.hold(parts) ? HOLDS : FAILED;
    }

    /** @return what its process ended with */
    private int run(Part part) throws IOException, InterruptedException {
        var arguments = new ArrayList<>(material);
        arguments.add(part.toString());
        if (software) {
            arguments.add(SOFTWARE);
        }
        var process = OwnProcess.java(PartRun.class, arguments.toArray(String[]::new))
                .inheritIO()
                .start();
        var killer = new Thread(() -> OwnProcess.kill(process));
        Runtime.getRuntime().addShutdownHook(killer);
        boolean ended = OwnProcess.end(process, part.limit());
        Runtime.getRuntime().removeShutdownHook(killer);
        var report = ReportFile.read(file);
        if (process.exitValue() != REFUSED && report.tally(part).isEmpty()) {
            report.running(
                    part,
                    report.text(part) + "\n**Did not end**: "
                            + (ended
                                    ? "the process ended with " + process.exitValue()
                                    : "not within " + part.limit().toSeconds() + " s")
                            + "\n");
        }
        return process.exitValue();
    }
}
