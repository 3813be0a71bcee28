/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

/** A failure whose message tells the user what is wrong and what to do; shown without a stack. */
class LauncherException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LauncherException(String message) {
        super(message);
    }

    LauncherException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The exit code of the command that could not be done. */
    int exitCode() {
        return Levada.FAILED;
    }
}
