/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import java.nio.file.Files;
import java.time.Duration;

/** A node runs on the data directory, but does not answer. */
final class SilentNodeException extends LauncherException {

    private static final long serialVersionUID = 1L;

    private SilentNodeException(String message) {
        super(message);
    }

    static SilentNodeException atConnect(DataDirectory data) {
        return new SilentNodeException(
                Files.exists(data.controlSocket())
                        ? node(data) + " does not answer: it is starting or stopping, or it hangs"
                        : node(data) + " does not answer: it is starting or stopping; if " + data.controlSocket()
                                + " was deleted, bin/levada stop and start bring it back");
    }

    static SilentNodeException afterRequest(DataDirectory data, Duration waited) {
        return new SilentNodeException(node(data) + " did not answer within " + waited.toSeconds()
                + " s: it hangs, or the machine is overloaded"
                + data.pid().map(p -> "; kill -9 " + p + " ends it").orElse(""));
    }

    private static String node(DataDirectory data) {
        return "the node of " + data.path()
                + data.pid().map(p -> " (pid " + p + ")").orElse("");
    }

    @Override
    int exitCode() {
        return Levada.SILENT;
    }
}
