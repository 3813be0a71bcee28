/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code levada start}. */
@Command(
        name = "start",
        description = "Starts the node in the background and returns when it is up.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:the node is up", "1:it is not; the message says why"})
final class StartCommand implements Callable<Integer> {

    /** Ends with the shell that runs it, but what it starts ignores the terminal's Ctrl-C and hang-up. */
    private static final List<String> DETACHED = List.of("/bin/sh", "-c", "trap '' HUP INT; exec \"$@\"", "levada");

    private static final int LINES_OF_OUTPUT = 20;

    @Mixin
    private DataOption data;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "how long to wait for it (default: 60)")
    private int timeout = 60;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var home = Home.locate();
        var directory = data.directory();
        directory.create();
        if (directory.isLocked()) {
            throw new LauncherException("a node runs on " + directory.path() + " already"
                    + directory.pid().map(p -> " (pid " + p + ")").orElse(""));
        }
        var output = directory.log().resolve("console.log");
        var process = spawn(home, directory, output);
        awaitReady(process, directory, output);
        try (var client = ControlClient.connect(directory)) {
            System.out.println(client.ask("status"));
        }
        System.out.println("  user      " + FirstPassword.credentials(directory));
        return 0;
    }

    private static Process spawn(Home home, DataDirectory directory, Path output) throws IOException {
        var command = new ArrayList<>(DETACHED);
        command.addAll(List.of(
                home.script().toString(), "run", "--data", directory.path().toString()));
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(output.toFile());
        builder.environment().put("LEVADA_BACKGROUND", "true");
        return builder.start();
    }

    private void awaitReady(Process process, DataDirectory directory, Path output)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeout);
        while (System.nanoTime() < end) {
            if (process.waitFor(100, TimeUnit.MILLISECONDS)) {
                var lines = Files.readAllLines(output);
                throw new LauncherException("the node did not start, it said:\n"
                        + String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_OF_OUTPUT), lines.size())));
            }
            if (isUp(directory)) {
                return;
            }
        }
        throw new LauncherException("the node is not up after " + timeout + " s (pid " + process.pid() + "); see "
                + directory.log().resolve("levada.log"));
    }

    private static boolean isUp(DataDirectory directory) {
        try (var client = ControlClient.connect(directory)) {
            return !client.ask("status").contains(" STARTING,");
        } catch (LauncherException e) {
            return false; // not yet
        }
    }
}
