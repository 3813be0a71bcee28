/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.zone;

import io.levada.api.stage.StageException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Counts in a file, a line {@code gate.in.car = 12} each, so that they outlive the node. It is written as a whole beside the
 * old one, which it then replaces: who reads it, and a node that dies, has the one or the other.
 */
final class CountsFile {

    private static final Pattern LINE =
            Pattern.compile("([a-z][a-z0-9-]*\\.(?:entered|left|in|out)(?:\\..*)?) = (\\d{1,18})");

    /** Nanoseconds of running time between two writings; what comes in between is in the next. */
    private static final long INTERVAL = 1_000_000_000;

    /** Bytes; no file of counts is larger. */
    private static final long MOST = 4 << 20;

    private final Path file;
    private final Consumer<String> warnings;
    private Map<String, Long> written = Map.of();
    private long time;

    CountsFile(Path file, Consumer<String> warnings) {
        this.file = file;
        this.warnings = warnings;
    }

    /** Takes over what is counted in the file and not yet in the tallies. */
    void read(Map<String, Long> tallies) throws StageException {
        for (var line : lines()) {
            var found = LINE.matcher(line.strip());
            if (found.matches()) {
                tallies.putIfAbsent(found.group(1), Long.parseLong(found.group(2)));
            } else if (!line.isBlank() && !line.startsWith("#")) {
                throw broken(": '" + line + "' is no count such as gate.in = 12");
            }
        }
    }

    private List<String> lines() throws StageException {
        try {
            var found = Files.readAttributes(file, BasicFileAttributes.class);
            if (!found.isRegularFile() || found.size() > MOST) {
                throw elsewhere(" is no file of counts");
            }
            return Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (MalformedInputException e) {
            throw broken(" is no text").because(e);
        } catch (IOException e) {
            throw elsewhere(" can't be read: " + e).because(e);
        }
    }

    private StageException broken(String what) {
        return wrong(what).remedy("repair it or delete it; then it is counted from 0");
    }

    private StageException elsewhere(String what) {
        return wrong(what).remedy("name a file that the node may read and write, or one that is not there yet");
    }

    private StageException wrong(String what) {
        return StageException.invalid(file + what).parameter("keep");
    }

    /** Writes what has changed, now and then. */
    void due(Map<String, Long> tallies, long now) {
        if (now - time >= INTERVAL || now < time) {
            time = now;
            write(tallies);
        }
    }

    /** Writes what has changed. */
    void write(Map<String, Long> tallies) {
        var counts = new TreeMap<String, Long>();
        tallies.forEach((name, count) -> {
            if (LINE.matcher(name + " = " + count).matches()) {
                counts.put(name, count);
            }
        });
        if (counts.equals(written)) {
            return;
        }
        var lines = counts.entrySet().stream()
                .map(count -> count.getKey() + " = " + count.getValue())
                .toList();
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            var fresh = file.resolveSibling(file.getFileName() + ".tmp");
            Files.write(fresh, lines, StandardCharsets.UTF_8);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            written = counts;
        } catch (IOException e) {
            warnings.accept("the counts can't be kept in " + file + ": " + e + "; let the node write there");
        }
    }
}
