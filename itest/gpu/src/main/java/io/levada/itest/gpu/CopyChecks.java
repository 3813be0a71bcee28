/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What crosses between host and GPU, as CUPTI sees it ({@code src/main/cupti/copies.c}, built by {@code run} where the machine
 * has what that takes), or else as Levada counts it.
 */
final class CopyChecks {

    private static final String LIBRARY = System.getProperty("cupti", "");
    private static final String MISSING = System.getProperty("cupti.missing", "it was not built");

    private static final String TO_HOST = "to-host";
    private static final String TO_DEVICE = "to-device";

    private static final int FEW = 50;
    private static final int FRAMES = 200;

    private final Clips clips;
    private final String model;

    CopyChecks(Clips clips, String model) {
        this.clips = clips;
        this.model = model;
    }

    /** Copies in one direction. */
    private record Copied(long copies, long bytes) {

        Copied less(Copied before) {
            return new Copied(copies - before.copies, bytes - before.bytes);
        }

        @Override
        public String toString() {
            return copies + " copies, " + bytes + " bytes";
        }
    }

    /**
     * What a chain's process copied, by direction.
     *
     * @param missing why CUPTI did not see it; empty when it did
     */
    private record Ended(Map<String, Copied> copies, String missing) {}

    void run(Report report) {
        report.section("Copies between host and GPU");
        for (var chain : List.of(Chain.TENSORS, Chain.KERNEL)) {
            report.check("no frame bytes cross to the host in " + chain, () -> run(chain));
        }
        report.check("they would be seen, as in " + Chain.DOWNLOAD, () -> run(Chain.DOWNLOAD));
    }

    /** For {@link Report#check}: judges what frames take beyond what making the stages and models ready does. */
    String run(Chain chain) throws Exception {
        var few = start(chain, FEW);
        var many = start(chain, FEW + FRAMES);
        if (!few.missing.equals(many.missing)) {
            throw new AssertionError("CUPTI did not see both runs: " + few + ", " + many);
        }
        var toHost = many.copies.get(TO_HOST).less(few.copies.get(TO_HOST));
        var text = FRAMES + " frames more take " + toHost + " to the host";
        if (!chain.fair(toHost.bytes / FRAMES)) {
            throw new AssertionError(text + ": " + few + ", " + many);
        }
        if (!many.missing.isEmpty()) {
            return text + ", by Levada's own counters (no CUPTI: " + many.missing + ")";
        }
        if (many.copies.get(TO_DEVICE).copies == 0) {
            throw new AssertionError("CUPTI saw nothing at all: " + many);
        }
        return text + ", by CUPTI; " + FEW + " with all that comes before them " + few.copies.get(TO_HOST)
                + ", and to the device " + few.copies.get(TO_DEVICE);
    }

    private Ended start(Chain chain, int frames) throws Exception {
        var summary = Files.createTempFile("levada-copies", ".txt");
        var counted = start(chain, frames, summary);
        var lines = Files.readAllLines(summary);
        Files.delete(summary);
        if (lines.isEmpty() || lines.get(0).startsWith("failure ")) {
            var why = LIBRARY.isEmpty() ? MISSING : lines.isEmpty() ? "the driver did not load it" : lines.get(0);
            return new Ended(Map.of(TO_HOST, counted), why);
        }
        return new Ended(parse(lines), "");
    }

    private static Map<String, Copied> parse(List<String> lines) {
        var seen = new TreeMap<String, Copied>();
        for (var line : lines) {
            var words = line.split(" ");
            seen.put(words[0], new Copied(Long.parseLong(words[1]), Long.parseLong(words[2])));
        }
        return seen;
    }

    /** What Levada counted on the way to the host. */
    private Copied start(Chain chain, int frames, Path summary) throws IOException, InterruptedException {
        var process = OwnProcess.java(
                Chain.class, chain.name(), "" + frames, clips.original().toString(), model);
        process.environment().put("LEVADA_COPIES", summary.toString());
        if (!LIBRARY.isEmpty()) {
            process.environment().put("CUDA_INJECTION64_PATH", LIBRARY);
        }
        var numbers = OwnProcess.run(process).replaceAll("[^0-9]+", " ").strip().split(" ");
        return new Copied(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]));
    }
}
