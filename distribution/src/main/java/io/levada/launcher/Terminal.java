/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

/**
 * What standard output is, as {@code bin/levada} found it: Java itself can tell only when standard input is a terminal too.
 *
 * @param interactive a terminal, on which a line can be redrawn
 * @param columns its width
 * @param attached whether somebody may read it at all; a background node's output is a file
 */
record Terminal(boolean interactive, int columns, boolean attached) {

    private static final int USUAL_COLUMNS = 80;

    static Terminal standardOutput() {
        int columns = Integer.getInteger("levada.terminal.columns", 0);
        boolean attached = !Boolean.getBoolean("levada.background");
        return new Terminal(attached && columns > 0, columns > 0 ? columns : USUAL_COLUMNS, attached);
    }

    /** Clears the line and goes to its begin; without a carriage return, which logback would take for space to trim. */
    String clearLine() {
        return interactive ? "\u001b[2K\u001b[G" : "";
    }

    String fit(String line) {
        return interactive && line.length() >= columns ? line.substring(0, columns - 2) + "…" : line;
    }
}
