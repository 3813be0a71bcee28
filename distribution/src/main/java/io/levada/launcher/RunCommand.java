/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code levada run}. */
@Command(
        name = "run",
        description =
                "Runs the node in the foreground, with the pipelines in etc/; Ctrl-C or SIGTERM stops it in order.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:the node was stopped", "1:it could not start; the message says why"})
final class RunCommand implements Callable<Integer> {

    @Mixin
    private DataOption data;

    @Override
    public Integer call() {
        var home = Home.locate();
        var directory = data.directory();
        var terminal = Terminal.standardOutput();
        var node = Node.prepare(home, home.etc(), directory, terminal);
        node.start();
        // A node in the background leaves the first password to who started it: here it would end in a file.
        var credentials = terminal.attached() ? FirstPassword.credentials(directory) : FirstPassword.user(directory);
        new Banner(System.out).print(node, List.of(), credentials);
        node.awaitStop();
        return 0;
    }
}
