/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import io.levada.itest.gpu.ReportFile.Tally;
import java.io.PrintWriter;
import java.io.StringWriter;

/** What a part of the report says; in the file at once, so that a machine that is taken away leaves what there is. */
public final class Report {

    /** What the line of a check that does not hold begins with. */
    static final String FAILED = "- **FAILED**";

    private final ReportFile file;
    private final Part part;
    private final StringBuilder text = new StringBuilder();
    private final long started = System.nanoTime();
    private int checks;
    private int failed;
    private int leftOut;

    Report(ReportFile file, Part part) {
        this.file = file;
        this.part = part;
    }

    /** Something that holds or does not. */
    public interface Check {
        /**
         * Says what was seen.
         *
         * @throws NotHere when this machine can't tell
         * @throws Exception or an error, when it does not hold
         */
        String run() throws Exception;
    }

    /** A machine of another kind is needed to tell. */
    public static final class NotHere extends Exception {

        private static final long serialVersionUID = 1;

        public NotHere(String reason) {
            super(reason);
        }
    }

    public void section(String title) {
        line("\n### " + title + "\n");
    }

    public void check(String what, Check check) {
        long begun = System.nanoTime();
        checks++;
        try {
            var seen = check.run();
            line("- ok: " + what + (seen.isEmpty() ? "" : ": " + seen) + " (%.1f s)".formatted(seconds(begun)));
        } catch (NotHere e) {
            checks--;
            leftOut++;
            line("- not here: " + what + ": " + e.getMessage());
        } catch (Throwable e) {
            failed++;
            line(FAILED + ": " + what + " (%.1f s)\n\n```\n".formatted(seconds(begun)) + trace(e) + "```\n");
        }
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private static String trace(Throwable e) {
        var trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        return trace.toString();
    }

    public void line(String line) {
        text.append(line).append('\n');
        System.out.println(line);
        file.running(part, text.toString());
    }

    /** At the end of a part that was rehearsed without a card: none of its checks count. */
    void endRehearsal() {
        leftOut += checks - failed;
        checks = failed;
        end();
    }

    /** Once, at the end of the part. */
    void end() {
        if (checks + leftOut == 0) {
            check("something is checked", () -> {
                throw new AssertionError("nothing was");
            });
        }
        file.ended(part, text.toString(), new Tally(checks, failed, leftOut, Math.round(seconds(started))));
    }
}
