/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import java.io.Serial;

/** A stage (or a test in the platform's place) did what the stage contract forbids. */
public final class ContractBroken extends AssertionError {

    @Serial
    private static final long serialVersionUID = 1L;

    ContractBroken(String message) {
        super(message);
    }

    ContractBroken(String message, Throwable cause) {
        super(message, cause);
    }
}
