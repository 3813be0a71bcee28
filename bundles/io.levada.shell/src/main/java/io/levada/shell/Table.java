/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows in columns: numbers to the right, and the last column wrapped within {@value #WIDTH} characters. */
final class Table {

    /** What a terminal shows at least. */
    static final int WIDTH = 100;

    private static final String GAP = "  ";

    /** A last column narrower than this could not be read and goes to lines of its own. */
    private static final int NARROWEST = 20;

    private static final String INDENT = "    ";

    private final List<String[]> rows = new ArrayList<>();
    private final boolean[] right;

    /** @param headings one for each column; a heading that begins with {@code >} is of numbers */
    Table(String... headings) {
        right = new boolean[headings.length];
        String[] texts = new String[headings.length];
        for (int i = 0; i < headings.length; i++) {
            right[i] = headings[i].startsWith(">");
            texts[i] = right[i] ? headings[i].substring(1) : headings[i];
        }
        rows.add(texts);
    }

    Table row(Object... cells) {
        if (cells.length != right.length) {
            throw new IllegalArgumentException(right.length + " columns, not " + Arrays.toString(cells));
        }
        rows.add(Arrays.stream(cells).map(String::valueOf).toArray(String[]::new));
        return this;
    }

    boolean isEmpty() {
        return rows.size() == 1;
    }

    @Override
    public String toString() {
        int[] widths = new int[right.length];
        for (var row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        var lines = new StringBuilder();
        rows.forEach(row -> append(lines, row, widths));
        return lines.toString();
    }

    private void append(StringBuilder lines, String[] row, int... widths) {
        var line = new StringBuilder();
        int last = row.length - 1;
        for (int i = 0; i < last; i++) {
            String padding = " ".repeat(widths[i] - row[i].length());
            line.append(right[i] ? padding + row[i] : row[i] + padding).append(GAP);
        }
        int indent = line.length();
        String text = row[last];
        if (right[last]) {
            lines.append(line).append(" ".repeat(widths[last] - text.length())).append(text);
        } else if (indent + text.length() > WIDTH && WIDTH - indent < NARROWEST) {
            lines.append(line.toString().stripTrailing())
                    .append('\n')
                    .append(indented(INDENT, text).stripTrailing());
        } else {
            lines.append(indented(line.toString(), text).stripTrailing());
        }
        lines.append('\n');
    }

    /** A text in lines of at most that width, broken at spaces; a longer word stays whole. */
    static List<String> wrapped(String text, int width) {
        int limit = Math.max(1, width);
        List<String> lines = new ArrayList<>();
        for (var paragraph : text.split("\n")) {
            var line = new StringBuilder();
            for (var word : paragraph.split(" ")) {
                if (line.length() > 0 && line.length() + 1 + word.length() > limit) {
                    lines.add(line.toString());
                    line.setLength(0);
                }
                line.append(line.length() > 0 ? " " : "").append(word);
            }
            lines.add(line.toString());
        }
        return lines;
    }

    /** A text with a hanging indent, within the width. */
    static String indented(String first, String text) {
        return first + String.join("\n" + " ".repeat(first.length()), wrapped(text, WIDTH - first.length())) + "\n";
    }
}
