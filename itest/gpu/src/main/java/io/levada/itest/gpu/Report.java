/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** A Markdown text that grows while the checks run, so that a machine that is taken away leaves what there is. */
public final class Report {

    private final Path file;
    private final StringBuilder text = new StringBuilder();
    private int failed;

    Report(Path file) {
        this.file = file;
    }

    /** Something that holds or does not. */
    public interface Check {
        /** Says what was seen; throws when it does not hold. */
        String run() throws Exception;
    }

    public void section(String title) {
        line("\n## " + title + "\n");
    }

    public void check(String what, Check check) {
        long started = System.nanoTime();
        try {
            var seen = check.run();
            line("- ok: " + what + (seen.isEmpty() ? "" : ": " + seen) + time(started));
        } catch (Throwable e) {
            failed++;
            var trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            line("- **FAILED**: " + what + time(started) + "\n\n```\n" + trace + "```\n");
        }
    }

    private static String time(long started) {
        return " (%.1f s)".formatted((System.nanoTime() - started) / 1e9);
    }

    public void line(String line) {
        text.append(line).append('\n');
        System.out.println(line);
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    int failed() {
        return failed;
    }
}
