/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.completer.StringsCompleter;
import org.jline.terminal.TerminalBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code levada shell}. */
@Command(
        name = "shell",
        description =
                "Runs a command in the node's shell, or opens the shell (help lists the commands, Ctrl-D leaves).",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:the command was done", "1:it was not; the message says why", "3:no node runs"})
final class ShellCommand implements Callable<Integer> {

    private static final String PROMPT = "levada> ";

    @Mixin
    private DataOption data;

    @Parameters(paramLabel = "COMMAND", description = "the command with its arguments, such as: pipelines")
    private List<String> command = List.of();

    @Override
    public Integer call() throws IOException {
        try (var client = ControlClient.connect(data.directory())) {
            var out = new PrintWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), true);
            if (!command.isEmpty()) {
                return client.request("shell " + String.join(" ", command), out);
            }
            return System.console() == null ? runInput(client, out) : interact(client);
        }
    }

    /** Runs the lines of standard input; stops at the first that fails. */
    private static int runInput(ControlClient client, PrintWriter out) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        int code = 0;
        for (var line = lines.readLine(); line != null && code == 0; line = lines.readLine()) {
            if (!line.isBlank()) {
                code = client.request("shell " + line, out);
            }
        }
        return code;
    }

    private static int interact(ControlClient client) throws IOException {
        try (var terminal = TerminalBuilder.builder().system(true).build()) {
            var reader = LineReaderBuilder.builder()
                    .terminal(terminal)
                    .appName("levada")
                    .completer(new StringsCompleter(names(client)))
                    .build();
            while (true) {
                try {
                    var line = reader.readLine(PROMPT).strip();
                    if (line.equals("exit") || line.equals("quit")) {
                        return 0;
                    }
                    if (!line.isEmpty()) {
                        client.request("shell " + line, terminal.writer());
                    }
                } catch (UserInterruptException e) {
                    terminal.writer().println("Ctrl-D leaves the shell");
                } catch (EndOfFileException e) {
                    return 0;
                }
            }
        }
    }

    /** Commands as they are typed: with their scope, and without. */
    private static List<String> names(ControlClient client) {
        return client.ask("commands")
                .lines()
                .mapMulti((String name, Consumer<String> names) -> {
                    names.accept(name);
                    names.accept(name.substring(name.indexOf(':') + 1));
                })
                .distinct()
                .toList();
    }
}
