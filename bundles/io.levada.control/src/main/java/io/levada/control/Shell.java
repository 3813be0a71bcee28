/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.control;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;

/** Runs Gogo commands of one connection in one session, so that variables last as long as the connection. */
final class Shell implements AutoCloseable {

    private static final Pattern MISFIT =
            Pattern.compile("Cannot coerce ([^( ]+)\\(.*\\) to any of .*", Pattern.DOTALL);

    private final Supplier<Optional<CommandProcessor>> processor;
    private final PrintStream out;
    private Optional<CommandSession> session = Optional.empty();

    Shell(Supplier<Optional<CommandProcessor>> processor, PrintStream out) {
        this.processor = processor;
        this.out = out;
    }

    /** The exit code: 0 if the command was done, else 1. */
    int run(String command) {
        if (!open()) {
            return 1;
        }
        try {
            var result = session.orElseThrow().execute(command);
            if (result != null) {
                out.println(session.orElseThrow().format(result, Converter.INSPECT));
            }
            return 0;
        } catch (Exception e) { // a command may throw anything
            out.println(e.getMessage() == null ? e.toString() : words(e.getMessage()));
            return 1;
        }
    }

    /** Gogo's words for arguments that a command does not take are about Java's types. */
    private static String words(String message) {
        return MISFIT.matcher(message).replaceFirst("$1 does not take these arguments; help $1 says which it takes");
    }

    int listCommands() {
        if (!open()) {
            return 1;
        }
        if (session.orElseThrow().get(".commands") instanceof Set<?> names) {
            new TreeSet<>(names.stream().map(Object::toString).toList()).forEach(out::println);
        }
        return 0;
    }

    private boolean open() {
        if (session.isEmpty()) {
            session = processor.get().map(p -> p.createSession(InputStream.nullInputStream(), out, out));
            session.ifPresent(s -> s.put("SCOPE", "levada:felix:*"));
        }
        if (session.isEmpty()) {
            out.println("No shell: the bundle org.apache.felix.gogo.runtime does not run");
        }
        return session.isPresent();
    }

    @Override
    public void close() {
        session.ifPresent(CommandSession::close);
    }
}
