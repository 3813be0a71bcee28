/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.stage.Credentials;
import io.levada.api.stage.StageException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What went wrong in a stage, in words for who has to mend it. */
final class FaultText {

    private static final int MOST_FRAMES = 32;
    private static final int MOST_LETTERS = 1000;

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
            return message(stage)
                    + stage.remedy().map(remedy -> "; remedy: " + shown(remedy)).orElse("");
        }
        var cause = root(fault);
        return "fault in the stage: " + named(cause.getClass().getSimpleName(), cause) + at(cause.getStackTrace())
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

    private static String named(String name, Throwable fault) {
        var message = message(fault);
        return message.isEmpty() ? name : name + ": " + message;
    }

    /** Its message; empty when it has none, or throws when it is asked: it may be of the stage's own making. */
    static String message(Throwable fault) {
        try {
            return Optional.ofNullable(fault.getMessage()).map(FaultText::shown).orElse("");
        } catch (Throwable e) {
            return "(its message can't be read)";
        }
    }

    /** What a stage says, as it can be shown and logged: of bounded length, in lines of text, without credentials. */
    static String shown(String text) {
        var start = text.length() > MOST_LETTERS ? text.substring(0, MOST_LETTERS) + " ..." : text;
        return Credentials.masked(start.replaceAll("[\\p{Cntrl}&&[^\n\t]]", " "));
    }

    private static Throwable root(Throwable fault) {
        var cause = fault;
        try {
            for (int i = 0; i < 8 && cause.getCause() != null; i++) {
                cause = cause.getCause();
            }
        } catch (Throwable e) { // of the stage's own making
            return cause;
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
        return named(cause.getClass().getName(), cause) + "\n" + trace(cause.getStackTrace());
    }

    static String trace(StackTraceElement[] stack) {
        var lines = Arrays.stream(stack).limit(MOST_FRAMES).map(frame -> "  at " + frame);
        return lines.collect(Collectors.joining("\n")) + more(stack.length).orElse("");
    }

    private static Optional<String> more(int frames) {
        return frames > MOST_FRAMES ? Optional.of("\n  and " + (frames - MOST_FRAMES) + " more") : Optional.empty();
    }
}
