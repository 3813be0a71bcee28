/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A check in a process of its own, which prints what it sees in lines that begin with {@code SEEN}. */
final class OwnProcess {

    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final String SEEN = "SEEN ";

    private OwnProcess() {}

    /** A JVM like this one. */
    static ProcessBuilder java(Class<?> main, String... arguments) {
        var command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(options());
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }

    /** This JVM's class path and properties, for another one. */
    static List<String> options() {
        var given = ManagementFactory.getRuntimeMXBean().getInputArguments();
        return Stream.concat(given.stream(), Stream.of("-Djava.class.path=" + System.getProperty("java.class.path")))
                .toList();
    }

    /**
     * Runs it to its end.
     *
     * @return what it saw, a line of a list each
     * @throws AssertionError with all that it said, when it does not end well, or not in time
     */
    static String run(ProcessBuilder builder) throws IOException, InterruptedException {
        var output = Files.createTempFile("levada-process", ".log");
        var process = builder.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = end(process, LIMIT);
        var said = Files.readString(output);
        Files.delete(output);
        if (!ended || process.exitValue() != 0) {
            throw new AssertionError(
                    (ended ? "exit " + process.exitValue() : "not within " + LIMIT.toSeconds() + " s") + ": " + said);
        }
        return said.lines()
                .filter(line -> line.startsWith(SEEN))
                .map(line -> "\n  - " + line.substring(SEEN.length()))
                .reduce("", String::concat);
    }

    /** Whether it ended by itself; else it is killed. */
    static boolean end(Process process, Duration limit) throws InterruptedException {
        boolean ended = process.waitFor(limit.toSeconds(), TimeUnit.SECONDS);
        kill(process);
        process.waitFor();
        return ended;
    }

    /** And what it started, if there is anything left. */
    static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
