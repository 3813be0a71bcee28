/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import java.io.Serial;

/** A command could not do what was asked; its message is for the user, without a stack trace. */
final class CommandFailed extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    CommandFailed(String message) {
        super(message, null, false, false);
    }
}
