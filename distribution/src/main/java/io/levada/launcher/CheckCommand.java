/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code levada check}. */
@Command(
        name = "check",
        description = "Has the running node say what would be wrong with a pipeline file, without applying it.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:it is fine",
            "1:it is not; the message says why",
            "3:no node runs",
            "5:one runs, but does not answer"
        })
final class CheckCommand implements Callable<Integer> {

    /** Whatever a file says, a look at it takes no minute. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @Mixin
    private DataOption data;

    @Parameters(paramLabel = "FILE", description = "a pipeline file, such as etc/io.levada.pipeline-lobby.cfg")
    private Path file;

    @Override
    public Integer call() {
        var path = file.toAbsolutePath().normalize();
        if (!Files.isReadable(path)) {
            throw new LauncherException(path + " is not there or not readable");
        }
        var out = new PrintWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), true);
        try (var client = ControlClient.connect(data.directory())) {
            return client.request("shell levada:check '" + path.toString().replace("'", "\\'") + "'", PATIENCE, out);
        }
    }
}
