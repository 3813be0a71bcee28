/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import java.nio.file.Path;

/** No node answers on a data directory. */
final class NotRunningException extends LauncherException {

    private static final long serialVersionUID = 1L;

    NotRunningException(DataDirectory data) {
        super("no node runs on " + data.path() + demo(data.path().resolve("demo")));
    }

    /** The demo has a data directory of its own in the node's, which who has just started it need not know. */
    private static String demo(Path data) {
        try {
            return new DataDirectory(data).isLocked() ? "; the demo runs: --data " + data + " means it" : "";
        } catch (LauncherException e) {
            return ""; // somebody else's
        }
    }

    @Override
    int exitCode() {
        return Levada.NOT_RUNNING;
    }
}
