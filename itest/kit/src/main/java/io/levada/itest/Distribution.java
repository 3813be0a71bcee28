/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The packed distribution, {@code distribution/target/levada}; the system property {@code levada.distribution} names it. */
public final class Distribution {

    private static final List<String> PARTS =
            List.of("bin", "bundles", "etc", "examples", "lib", "media", "plugins", "share");

    private final Path directory;

    private Distribution(Path directory) {
        this.directory = directory;
    }

    public static Distribution packed() {
        var directory = Path.of(System.getProperty("levada.distribution", "distribution/target/levada"))
                .toAbsolutePath()
                .normalize();
        if (!Files.isRegularFile(directory.resolve("bin/levada"))) {
            throw new AssertionError("no distribution in " + directory + "; make it with mvn package");
        }
        return new Distribution(directory);
    }

    public Path directory() {
        return directory;
    }

    /** The jars of {@code bundles/}, by name. */
    public List<Path> bundles() {
        try (var jars = Files.list(directory.resolve("bundles"))) {
            return jars.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The demo's clip. */
    public Path clip() {
        return directory.resolve("media/car-detection.mp4");
    }

    /** Unpacks it once more, without the data; jars are linked rather than copied where the file system can. */
    public void copyTo(Path target) {
        try {
            for (var part : PARTS) {
                copy(directory.resolve(part), target.resolve(part));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : files.toList()) {
                var copy = to.resolve(from.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else if (file.toString().endsWith(".jar")) {
                    link(file, copy);
                } else {
                    Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    private static void link(Path file, Path copy) throws IOException {
        try {
            Files.createLink(copy, file);
        } catch (UnsupportedOperationException | IOException e) {
            Files.copy(file, copy); // another file system
        }
    }
}
