/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ScopeType;

/** The command line and its exit codes. */
@Command(
        name = "levada",
        description = {
            "Runs a Levada node, or reaches the one that runs.",
            "Behind a command, --data DIR says which node is meant, and --help tells all about it."
        },
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Levada.Version.class,
        sortOptions = false,
        usageHelpAutoWidth = true,
        subcommands = {
            RunCommand.class,
            StartCommand.class,
            StopCommand.class,
            StatusCommand.class,
            DemoCommand.class,
            ShellCommand.class,
            CheckCommand.class,
            PasswdCommand.class,
            HelpCommand.class
        })
final class Levada {

    /** The command could not be done; the message says why. */
    static final int FAILED = 1;

    /** No node runs on the data directory. */
    static final int NOT_RUNNING = 3;

    /** A node runs and does not answer; 4 is the node's to say: part of it is not well. */
    static final int SILENT = 5;

    private Levada() {}

    public static void main(String... arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Levada()).setExecutionExceptionHandler((error, command, parsed) -> {
            report(command.getErr(), error);
            return error instanceof LauncherException known ? known.exitCode() : FAILED;
        });
    }

    static String version() {
        var version = Levada.class.getPackage().getImplementationVersion();
        return version == null ? "(unpackaged)" : version;
    }

    /** What a user can act on is one line; what nobody foresaw comes with its stack. */
    private static void report(PrintWriter err, Exception error) {
        if (error instanceof LauncherException) {
            err.println("levada: " + error.getMessage());
        } else {
            error.printStackTrace(err);
        }
    }

    /** For {@code --version}. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            return new String[] {
                "Levada " + version() + " on Java " + Runtime.version().feature()
            };
        }
    }
}
