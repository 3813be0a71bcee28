/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * What crosses between host and GPU, as CUPTI sees it ({@code src/main/cupti/copies.c}, built by {@code run} where the machine
 * has what that takes), or else as Levada counts it.
 */
final class CopyChecks {

    private static final String LIBRARY = System.getProperty("cupti", "");
    private static final String MISSING = System.getProperty("cupti.missing", "it was not built");

    private final Clips clips;
    private final String model;

    CopyChecks(Clips clips, String model) {
        this.clips = clips;
        this.model = model;
    }

    /** Copies in one direction. */
    private record Copied(long copies, long bytes, long largest) {

        @Override
        public String toString() {
            return copies + " copies, " + bytes + " bytes" + (copies == 0 ? "" : ", the largest " + largest);
        }
    }

    /** What a chain's process said at its end. */
    private record Ended(long frames, Copied counted) {}

    /** For {@link Report#check}. */
    String run(Chain chain) throws Exception {
        var summary = Files.createTempFile("levada-copies", ".txt");
        var ended = start(chain, summary);
        var lines = Files.readAllLines(summary);
        Files.delete(summary);
        if (lines.isEmpty() || lines.get(0).startsWith("failure ")) {
            var why = LIBRARY.isEmpty() ? MISSING : lines.isEmpty() ? "the driver did not load it" : lines.get(0);
            return judged(chain, ended, ended.counted) + ", by Levada's own counters (no CUPTI: " + why + ")";
        }
        var seen = parse(lines);
        if (seen.get("to-device").copies == 0) {
            throw new AssertionError("CUPTI saw nothing at all: " + seen);
        }
        return judged(chain, ended, seen.get("to-host")) + ", by CUPTI; to the device " + seen.get("to-device")
                + "; within it " + seen.get("within-device");
    }

    private static String judged(Chain chain, Ended ended, Copied toHost) {
        var text = ended.frames + " frames, to the host " + toHost;
        if (!chain.fair(toHost.bytes / ended.frames)) {
            throw new AssertionError(text);
        }
        return text;
    }

    private static Map<String, Copied> parse(List<String> lines) {
        var seen = new TreeMap<String, Copied>();
        for (var line : lines) {
            var words = line.split(" ");
            seen.put(
                    words[0], new Copied(Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3])));
        }
        return seen;
    }

    private Ended start(Chain chain, Path summary) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"), "-cp", System.getProperty("java.class.path")));
        for (var property : List.of("org.bytedeco.javacpp.maxbytes", "org.bytedeco.javacpp.maxphysicalbytes")) {
            command.add("-D" + property + "=" + System.getProperty(property, "0"));
        }
        command.addAll(
                List.of(Chain.class.getName(), chain.name(), clips.original().toString(), model));
        var output = Files.createTempFile("levada-chain", ".log");
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("LEVADA_COPIES", summary.toString());
        if (!LIBRARY.isEmpty()) {
            builder.environment().put("CUDA_INJECTION64_PATH", LIBRARY);
        }
        var process = builder.start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        var said = Files.readString(output);
        Files.delete(output);
        for (var line : said.split("\n")) {
            var words = line.split(" ");
            if (process.exitValue() == 0 && words.length == 4 && words[0].equals("SEEN")) {
                return new Ended(
                        Long.parseLong(words[1]), new Copied(Long.parseLong(words[2]), Long.parseLong(words[3]), 0));
            }
        }
        throw new AssertionError("exit " + process.exitValue() + ": " + said);
    }
}
