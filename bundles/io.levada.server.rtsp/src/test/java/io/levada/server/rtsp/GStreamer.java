/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The machine's {@code gst-launch-1.0}. */
final class GStreamer {

    private static final String PROGRAM = "/usr/bin/gst-launch-1.0";

    /** Where in GStreamer an error was reported. */
    private static final Pattern ERROR = Pattern.compile("\\.c\\(\\d+\\): (\\w+) \\(\\):");

    private static final Set<String> PAUSE = Set.of("gst_rtspsrc_try_send", "gst_rtspsrc_pause");

    private GStreamer() {}

    /** The command that runs a pipeline; skips the test on a machine without GStreamer. */
    static List<String> command(String pipeline) {
        assumeTrue(new File(PROGRAM).canExecute(), "no GStreamer here");
        var command = new ArrayList<>(List.of(PROGRAM, "-q"));
        command.addAll(List.of(pipeline.split(" ")));
        return command;
    }

    /** Reads a stream to the end that the pipeline says. */
    static void read(int seconds, String pipeline) throws Exception {
        assertRead(Programs.run(seconds, command(pipeline)));
    }

    static void assertRead(Programs.Result result) {
        assertTrue(read(result), result.output());
    }

    /**
     * Whether all was read. At its end rtspsrc of GStreamer 1.22 sends a PAUSE, and gst-launch interrupts it to close the
     * connection; if that meets the PAUSE while it is written, it is reported as an error, whoever the server is.
     */
    static boolean read(Programs.Result result) {
        var errors = ERROR.matcher(result.output())
                .results()
                .map(error -> error.group(1))
                .collect(Collectors.toSet());
        return result.exit() == 0 || errors.equals(PAUSE);
    }
}
