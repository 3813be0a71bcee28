/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code levada status}. */
@Command(
        name = "status",
        description = "Tells whether a node runs, and how its pipelines do.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:it runs, all is well",
            "1:it can't be told; the message says why",
            "3:no node runs",
            "4:it runs, but a bundle or a pipeline is not well"
        })
final class StatusCommand implements Callable<Integer> {

    @Mixin
    private DataOption data;

    @Option(names = "--json", description = "for programs")
    private boolean json;

    @Override
    public Integer call() {
        var out = new PrintWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), true);
        try (var client = ControlClient.connect(data.directory())) {
            return client.request(json ? "status json" : "status", out);
        } catch (NotRunningException e) {
            if (!json) {
                throw e;
            }
            out.println("{\"state\":\"NOT_RUNNING\"}");
            return Levada.NOT_RUNNING;
        }
    }
}
