/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu.node;

import java.util.Locale;

/** Harm that one pipeline does on the card. */
public enum Fault {
    ILLEGAL("a kernel that writes where it may not"),
    ENDLESS("a kernel that never ends"),
    FILLED("a kernel that never ends and fills the card"),
    MEMORY("no memory on the card"),
    SLOW("a stage is taken out while its kernel runs");

    private final String title;

    Fault(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
