/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import java.nio.file.Path;

/** No node answers on a data directory. */
final class NotRunningException extends LauncherException {

    private static final long serialVersionUID = 1L;

    NotRunningException(Path data) {
        super("no node runs on " + data);
    }

    @Override
    int exitCode() {
        return Levada.NOT_RUNNING;
    }
}
