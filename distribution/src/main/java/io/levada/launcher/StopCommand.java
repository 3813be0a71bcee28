/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code levada stop}. */
@Command(
        name = "stop",
        description = "Stops the node in order: pipelines drain, recordings are closed. Returns when it has ended.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:it has ended", "1:it has not", "3:none was running"})
final class StopCommand implements Callable<Integer> {

    @Mixin
    private DataOption data;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "how long to wait for its end (default: 30)")
    private int timeout = 30;

    @Override
    public Integer call() throws InterruptedException {
        var directory = data.directory();
        ask(directory);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeout);
        while (directory.isLocked()) {
            if (System.nanoTime() > end) {
                throw new LauncherException("the node still runs after " + timeout + " s"
                        + directory
                                .pid()
                                .map(pid -> "; kill " + pid + " ends it")
                                .orElse(""));
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        System.out.println("Levada stopped");
        return 0;
    }

    /** By the control socket; a node that starts or hangs does not answer there, so it gets the signal. */
    private static void ask(DataDirectory directory) {
        try (var client = ControlClient.connect(directory)) {
            client.ask("stop");
        } catch (NotRunningException e) {
            throw e;
        } catch (LauncherException e) {
            var process = directory.pid().filter(pid -> directory.isLocked()).flatMap(ProcessHandle::of);
            if (process.isEmpty() || !process.get().destroy()) {
                throw e;
            }
        }
    }
}
