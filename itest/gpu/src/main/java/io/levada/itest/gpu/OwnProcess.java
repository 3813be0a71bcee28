/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A check in a process of its own, which prints what it sees in lines that begin with {@code SEEN}. */
final class OwnProcess {

    private static final int SECONDS = 60;

    private OwnProcess() {}

    /** @return what it saw, a line of a list each */
    static String run(Map<String, String> environment, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Dorg.bytedeco.javacpp.maxbytes=0",
                "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        var process = builder.start();
        var killer = new Thread(() -> killLate(process));
        killer.setDaemon(true);
        killer.start();
        var said = new String(process.getInputStream().readAllBytes()).strip();
        if (process.waitFor() != 0) {
            throw new AssertionError(said);
        }
        return said.lines()
                .filter(line -> line.startsWith("SEEN "))
                .map(line -> line.substring(5))
                .reduce("", (a, b) -> a + "\n  - " + b);
    }

    private static void killLate(Process process) {
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
        }
    }
}
