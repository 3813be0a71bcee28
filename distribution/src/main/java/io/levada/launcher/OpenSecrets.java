/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Looks whether others than the owner may get at the files of secrets. Where there are no POSIX modes it has nothing to say. */
final class OpenSecrets {

    private static final String EXPLANATION = "README";

    private static final Set<PosixFilePermission> OWNER = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private OpenSecrets() {}

    /** What to tell the user about the directory and all files in it. */
    static Optional<String> in(Path secrets) {
        if (!Files.isDirectory(secrets)
                || !secrets.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return Optional.empty();
        }
        var remedies = new ArrayList<String>();
        try (var files = Files.list(secrets)) {
            var all = files.filter(file -> Files.isRegularFile(file) && !file.endsWith(EXPLANATION))
                    .toList();
            if (!all.isEmpty() && open(secrets)) {
                remedies.add("chmod 700 " + secrets);
            }
            var open = all.stream()
                    .filter(OpenSecrets::open)
                    .map(Path::toString)
                    .sorted()
                    .collect(Collectors.joining(" "));
            if (!open.isEmpty()) {
                remedies.add("chmod 600 " + open);
            }
        } catch (IOException e) {
            return Optional.of("The secrets in " + secrets + " can't be looked at: " + e);
        }
        return remedies.isEmpty()
                ? Optional.empty()
                : Optional.of("Others than their owner may get at secrets: " + String.join("; ", remedies));
    }

    private static boolean open(Path path) {
        try {
            return !OWNER.containsAll(Files.getPosixFilePermissions(path));
        } catch (IOException | UnsupportedOperationException e) {
            return false; // gone meanwhile, or on a file system without modes
        }
    }
}
