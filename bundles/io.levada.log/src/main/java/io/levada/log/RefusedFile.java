/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.log;

import java.io.IOException;
import java.io.LineNumberReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A file of {@code etc/} that File Install could not make a configuration of. It tells so by a stack trace, which helps
 * nobody who edits that file.
 */
final class RefusedFile {

    private static final String FILE_INSTALL = "org.apache.felix.fileinstall";

    private static final Pattern MESSAGE =
            Pattern.compile("Failed to (?:install|update) artifact:? (.+\\.(?:cfg|config))");

    private static final Pattern NO_KEY = Pattern.compile("\\s*[=:]");

    private RefusedFile() {}

    /** What to log in place of the entry; empty if it tells something else. */
    static Optional<String> message(String logger, String message, Throwable cause) {
        var refused = MESSAGE.matcher(message);
        if (cause == null || !logger.contains(FILE_INSTALL) || !refused.matches()) {
            return Optional.empty();
        }
        var file = refused.group(1);
        return Optional.of("%s is left out, what it said before still holds: %s; bin/levada check %s tells more"
                .formatted(file, lineWithoutKey(Path.of(file)).orElseGet(() -> root(cause)), file));
    }

    /** The commonest fault, of which Config Admin only says that a key is empty. */
    private static Optional<String> lineWithoutKey(Path file) {
        try (var reader = new LineNumberReader(Files.newBufferedReader(file))) {
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                if (NO_KEY.matcher(line).lookingAt()) {
                    return Optional.of("line " + reader.getLineNumber() + " has no key in front of its value");
                }
            }
        } catch (IOException e) {
            // The cause that was told has to do.
        }
        return Optional.empty();
    }

    private static String root(Throwable cause) {
        var root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        var message = root.getMessage();
        return message == null || message.isBlank() ? root.toString() : message;
    }
}
