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
            "4:it runs, but a bundle or a pipeline is not well",
            "5:it runs, but does not answer: it starts or stops, or it hangs"
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
            return client.request(json ? "status json" : "status", ControlClient.SHORT, out);
        } catch (NotRunningException e) {
            return other(e, "NOT_RUNNING", out);
        } catch (SilentNodeException e) {
            return other(e, "NOT_ANSWERING", out);
        }
    }

    private int other(LauncherException reason, String state, PrintWriter out) {
        if (!json) {
            throw reason;
        }
        out.println("{\"state\":\"" + state + "\"}");
        return reason.exitCode();
    }
}
