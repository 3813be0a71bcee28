/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.stage.StageException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What went wrong in a stage, in words for who has to mend it. */
final class FaultText {

    private static final int MOST_FRAMES = 32;

    /** Whose frames are not the stage's own. */
    private static final List<String> NOT_ITS_OWN = List.of(
            "java.",
            "javax.",
            "jdk.",
            "sun.",
            "io.levada.api.",
            "io.levada.wiring.",
            "io.levada.ffmpeg.",
            "org.bytedeco.");

    private FaultText() {}

    /** Message and remedy. */
    static String of(Throwable fault) {
        if (fault instanceof StageException stage) {
            return stage.getMessage()
                    + stage.remedy().map(remedy -> "; remedy: " + remedy).orElse("");
        }
        var cause = root(fault);
        var message = cause.getMessage() == null ? "" : ": " + cause.getMessage();
        return "fault in the stage: " + cause.getClass().getSimpleName() + message + at(cause.getStackTrace())
                + "; remedy: "
                + (cause instanceof LinkageError
                        ? "it was built against something else than this node has: take a build of the plugin for this node"
                        : "put a version of the plugin without this fault into plugins/, or take the stage out");
    }

    /** Of a call that does not come back. */
    static String hanging(String plugin, long nanos, StackTraceElement[] stack) {
        return "hangs in a call since " + nanos / 1_000_000_000 + " s" + at(stack)
                + "; it can't be stopped, the others go on; remedy: put another version of the plugin"
                + (plugin.isEmpty() ? "" : " (this is " + plugin + ")") + " into plugins/, or take the stage out";
    }

    private static Throwable root(Throwable fault) {
        var cause = fault;
        for (int i = 0; i < 8 && cause.getCause() != null; i++) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** The first frame of the stage's own code. */
    private static String at(StackTraceElement[] stack) {
        return Arrays.stream(stack)
                .filter(frame -> !frame.getMethodName().startsWith("levada$")) // put in by the node
                .filter(frame -> NOT_ITS_OWN.stream().noneMatch(frame.getClassName()::startsWith))
                .findFirst()
                .or(() -> Arrays.stream(stack).findFirst())
                .map(frame -> " at " + frame)
                .orElse("");
    }

    /** The fault with its stack, in a bounded number of lines. */
    static String trace(Throwable fault) {
        var cause = root(fault);
        return cause + "\n" + trace(cause.getStackTrace());
    }

    static String trace(StackTraceElement[] stack) {
        var lines = Arrays.stream(stack).limit(MOST_FRAMES).map(frame -> "  at " + frame);
        return lines.collect(Collectors.joining("\n")) + more(stack.length).orElse("");
    }

    private static Optional<String> more(int frames) {
        return frames > MOST_FRAMES ? Optional.of("\n  and " + (frames - MOST_FRAMES) + " more") : Optional.empty();
    }
}
