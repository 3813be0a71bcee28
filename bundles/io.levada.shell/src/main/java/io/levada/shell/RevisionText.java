/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import io.levada.api.pipeline.Revision;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** What {@code levada:revisions} and {@code levada:diff} show. */
final class RevisionText {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    /** More changes than these are only counted. */
    private static final int FEW = 3;

    private RevisionText() {}

    static String of(List<Revision> revisions, ZoneId zone) {
        var table = new Table(">NUMBER", "TIME", "ORIGIN", "CHANGES");
        for (var revision : revisions) {
            table.row(
                    revision.number(),
                    TIME.format(revision.time().atZone(zone)),
                    revision.origin(),
                    summary(revision.changes()));
        }
        return table.toString();
    }

    private static String summary(List<String> changes) {
        return changes.size() > FEW
                ? count(changes, '+') + " added, " + count(changes, '~') + " changed, " + count(changes, '-')
                        + " removed"
                : String.join("\n", changes);
    }

    private static long count(List<String> changes, char kind) {
        return changes.stream().filter(line -> line.charAt(0) == kind).count();
    }

    static String changes(List<String> changes) {
        if (changes.isEmpty()) {
            return "no difference";
        }
        var text = new StringBuilder();
        changes.forEach(line -> text.append(Table.indented(line.substring(0, 2), line.substring(2))));
        return text.toString();
    }
}
