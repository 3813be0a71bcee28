/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A report in Markdown: a table of all parts, then what each of them said. What an earlier run left in the file stays, part by
 * part, until that part runs again.
 */
final class ReportFile {

    private static final String TITLE = "# GPU report\n";
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| (\\w+) \\| (\\d+) \\| (\\d+) \\| (\\d+) \\| (\\d+) \\|$");
    private static final Pattern HEADING = Pattern.compile("(?m)^## (\\w+)\n");

    private final Path file;
    private final Map<Part, String> texts = new EnumMap<>(Part.class);
    private final Map<Part, Tally> tallies = new EnumMap<>(Part.class);

    private ReportFile(Path file) {
        this.file = file;
    }

    /** How a part ended. */
    record Tally(int checks, int failed, int leftOut, long seconds) {}

    /** @throws IllegalArgumentException when there is something else in the file */
    static ReportFile read(Path file) throws IOException {
        var report = new ReportFile(file);
        if (Files.exists(file)) {
            var text = Files.readString(file);
            if (!text.startsWith(TITLE)) {
                throw new IllegalArgumentException(file + " is there and is no GPU report; name another file");
            }
            report.parse(text);
        }
        return report;
    }

    private void parse(String text) {
        var headings = HEADING.matcher(text)
                .results()
                .filter(heading -> Part.named(heading.group(1)).isPresent())
                .toList();
        for (int i = 0; i < headings.size(); i++) {
            int end = i + 1 < headings.size() ? headings.get(i + 1).start() : text.length();
            texts.put(
                    Part.named(headings.get(i).group(1)).orElseThrow(),
                    text.substring(headings.get(i).end(), end).strip() + "\n");
        }
        ROW.matcher(text.substring(
                        0, headings.isEmpty() ? text.length() : headings.get(0).start()))
                .results()
                .forEach(row -> Part.named(row.group(1))
                        .ifPresent(part -> tallies.put(
                                part,
                                new Tally(
                                        Integer.parseInt(row.group(2)),
                                        Integer.parseInt(row.group(3)),
                                        Integer.parseInt(row.group(4)),
                                        Long.parseLong(row.group(5))))));
    }

    /** Empty for a part that never ran, or did not end. */
    Optional<Tally> tally(Part part) {
        return Optional.ofNullable(tallies.get(part));
    }

    String text(Part part) {
        return texts.getOrDefault(part, "");
    }

    /** What a part has said so far. */
    void running(Part part, String text) {
        texts.put(part, text);
        tallies.remove(part);
        write();
    }

    void ended(Part part, String text, Tally tally) {
        texts.put(part, text);
        tallies.put(part, tally);
        write();
    }

    /** Whether these parts ended, and nothing in them failed. */
    boolean hold(Set<Part> parts) {
        return parts.stream()
                .allMatch(part -> tally(part).filter(tally -> tally.failed == 0).isPresent());
    }

    /** In a sentence or two; that all hold it says of all parts alone. */
    String verdict() {
        long failed = texts.keySet().stream().mapToLong(this::failed).sum();
        int leftOut = tallies.values().stream().mapToInt(Tally::leftOut).sum();
        var missing = EnumSet.allOf(Part.class);
        missing.removeAll(texts.keySet());
        var unended = EnumSet.complementOf(missing);
        unended.removeAll(tallies.keySet());
        var sentences = new ArrayList<String>();
        if (failed > 0) {
            sentences.add(failed + (failed == 1 ? " check FAILED." : " checks FAILED."));
        } else if (unended.isEmpty() && missing.isEmpty()) {
            sentences.add("All checks hold.");
        } else {
            sentences.add("No check failed.");
        }
        if (leftOut > 0) {
            sentences.add(leftOut + " could not be made here.");
        }
        name(sentences, "Nothing was checked of: ", nothing());
        name(sentences, "Did not end: ", unended);
        name(sentences, "Not run: ", missing);
        return String.join(" ", sentences);
    }

    /** So far, where the part did not end. */
    private long failed(Part part) {
        return tally(part).map(tally -> (long) tally.failed).orElseGet(() -> text(part)
                .lines()
                .filter(line -> line.startsWith(Report.FAILED))
                .count());
    }

    /** Parts that ended and need another machine. */
    private Set<Part> nothing() {
        return tallies.keySet().stream()
                .filter(part -> tallies.get(part).checks == 0)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Part.class)));
    }

    private static void name(List<String> sentences, String what, Set<Part> parts) {
        if (!parts.isEmpty()) {
            sentences.add(
                    what + String.join(", ", parts.stream().map(Part::toString).toList()) + ".");
        }
    }

    private void write() {
        var text = new StringBuilder(TITLE)
                .append('\n')
                .append(verdict())
                .append("\n\n| part | checks | failed | not made here | seconds |\n| --- | --- | --- | --- | --- |\n");
        for (var part : Part.values()) {
            text.append("| ").append(part).append(" | ").append(row(part)).append(" |\n");
        }
        texts.forEach(
                (part, said) -> text.append("\n## ").append(part).append("\n\n").append(said));
        try {
            var beside = file.resolveSibling(file.getFileName() + ".tmp");
            Files.writeString(beside, text);
            Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING); // whole, whenever the machine is taken away
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private String row(Part part) {
        return tally(part)
                .map(tally -> String.format(
                        Locale.ROOT, "%d | %d | %d | %d", tally.checks, tally.failed, tally.leftOut, tally.seconds))
                .orElse((texts.containsKey(part) ? "did not end" : "not run") + " | | |");
    }
}
