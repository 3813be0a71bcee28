/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import io.levada.users.UsersFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code levada passwd}. It writes the users' file, which a running node reads again at once. */
@Command(
        name = "passwd",
        description = "Sets the password of a user of the console and the servers, or makes the user. Asks for it on a"
                + " terminal, else reads it from standard input, one line.")
final class PasswdCommand implements Callable<Integer> {

    @Mixin
    private DataOption data;

    @Parameters(paramLabel = "USER", arity = "0..1", description = "default: ${DEFAULT-VALUE}")
    private String user = UsersFile.FIRST_USER;

    @Override
    public Integer call() throws IOException {
        var directory = data.directory();
        directory.create();
        var password = read();
        boolean known;
        try {
            var users = new UsersFile(directory.users());
            known = users.names().contains(user);
            users.setPassword(user, password);
        } catch (IllegalArgumentException | IllegalStateException | UncheckedIOException e) {
            throw new LauncherException(e.getMessage(), e);
        } finally {
            Arrays.fill(password, '\0');
        }
        System.out.println(known ? "The password of " + user + " is changed" : "The user " + user + " is made");
        return 0;
    }

    private char[] read() throws IOException {
        var console = System.console();
        if (console == null) {
            var line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
            if (line == null) {
                throw new LauncherException("there is no password on standard input");
            }
            return line.toCharArray();
        }
        var first = console.readPassword("New password of %s: ", user);
        var second = console.readPassword("Once more: ");
        if (first == null || second == null || !Arrays.equals(first, second)) {
            throw new LauncherException("the two are not the same; nothing is changed");
        }
        Arrays.fill(second, '\0');
        return first;
    }
}
