/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the system knows of a process, from Linux's /proc. */
public record Figures(long rss, int threads, int files) {

    private static final long KILO = 1024;

    public static Figures of(long pid) {
        var proc = Path.of("/proc", Long.toString(pid));
        try {
            return new Figures(
                    status(proc, "VmRSS:") * KILO,
                    (int) status(proc, "Threads:"),
                    proc.resolve("fd").toFile().list().length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long status(Path proc, String key) throws IOException {
        return Files.readAllLines(proc.resolve("status")).stream()
                .filter(line -> line.startsWith(key))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }

    public double rssMegabytes() {
        return rss / 1e6;
    }

    @Override
    public String toString() {
        return "%.1f MB resident, %d threads, %d files".formatted(rssMegabytes(), threads, files);
    }
}
