/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.revision;

import io.levada.wiring.file.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Revisions on disk: the last {@value #MOST} of each pipeline, a file for each, in a directory for each pipeline. Read by any
 * thread; revisions of one pipeline are added by one thread at a time.
 */
public final class RevisionStore {

    private static final Logger LOG = LoggerFactory.getLogger(RevisionStore.class);
    private static final int MOST = 20;

    /** What a definition may have, with our own. */
    private static final long LARGEST = 256L << 20;

    /** As pipelines are called; no other name becomes a path. */
    private static final Pattern PIPELINE = Pattern.compile("[a-z][a-z0-9-]*");

    private static final Pattern FILE = Pattern.compile("(\\d{6,9})\\.properties");

    private final Path directory;

    /** The damaged files that the log speaks of: each once. */
    private final Set<Path> told = ConcurrentHashMap.newKeySet();

    /** @param directory it is made when there is something to keep */
    public RevisionStore(Path directory) {
        this.directory = directory;
    }

    /** Oldest first; what can't be read is left out, and said in the log. */
    public List<KeptRevision> list(String pipeline) {
        return files(pipeline).stream()
                .map(this::read)
                .flatMap(Optional::stream)
                .toList();
    }

    /** The newest that can be read. */
    public Optional<KeptRevision> newest(String pipeline) {
        var files = new ArrayList<>(files(pipeline));
        Collections.reverse(files);
        return files.stream().map(this::read).flatMap(Optional::stream).findFirst();
    }

    public Optional<KeptRevision> revision(String pipeline, int number) {
        return files(pipeline).stream()
                .filter(file -> number(file) == number)
                .findFirst()
                .flatMap(this::read);
    }

    /**
     * Keeps a definition, unless the newest revision says the same.
     *
     * @param raw secrets as placeholders; none to say that the pipeline was removed
     * @return what was made of it
     */
    public Optional<KeptRevision> add(String pipeline, String origin, Map<String, String> raw) {
        return add(pipeline, origin, raw, Map.of());
    }

    /**
     * The same for one that was made of a template.
     *
     * @param configured the pipeline's own lines
     */
    public Optional<KeptRevision> add(
            String pipeline, String origin, Map<String, String> raw, Map<String, String> configured) {
        var keys = new TreeMap<>(raw);
        keys.keySet().removeIf(key -> key.startsWith(RevisionFormat.OWN));
        var before = newest(pipeline);
        if (!PIPELINE.matcher(pipeline).matches()
                || before.map(KeptRevision::raw).orElse(Map.of()).equals(keys)) {
            return Optional.empty();
        }
        try {
            return Optional.of(write(pipeline, origin, keys, configured, before));
        } catch (IOException e) {
            LOG.error(
                    "{}: the revision can't be kept in {}: {}; make room there, or let the node write to it",
                    pipeline,
                    directory,
                    e.toString());
            return Optional.empty();
        }
    }

    private KeptRevision write(
            String pipeline,
            String origin,
            Map<String, String> keys,
            Map<String, String> configured,
            Optional<KeptRevision> before)
            throws IOException {
        var files = files(pipeline);
        int number = files.isEmpty() ? 1 : number(files.get(files.size() - 1)) + 1;
        var changes = Difference.between(before.map(KeptRevision::raw).orElse(Map.of()), keys);
        var revision = new KeptRevision(
                number, Instant.now().truncatedTo(ChronoUnit.MILLIS), origin, keys, configured, changes);
        var folder = directory.resolve(pipeline);
        DurableFiles.directory(folder);
        DurableFiles.write(folder.resolve("%06d.properties".formatted(number)), RevisionFormat.bytes(revision));
        forget(folder, files.subList(0, Math.max(0, files.size() + 1 - MOST)));
        return revision;
    }

    /** Deletes the oldest, and what a killed process left unfinished. */
    private static void forget(Path folder, List<Path> oldest) throws IOException {
        for (var file : oldest) {
            Files.deleteIfExists(file);
        }
        try (var unfinished = Files.newDirectoryStream(folder, "*" + DurableFiles.UNFINISHED)) {
            for (var file : unfinished) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** By number. */
    private List<Path> files(String pipeline) {
        var folder = directory.resolve(PIPELINE.matcher(pipeline).matches() ? pipeline : "");
        if (folder.equals(directory) || !Files.isDirectory(folder)) {
            return List.of();
        }
        var files = new TreeMap<Integer, Path>();
        try (var found = Files.newDirectoryStream(folder)) {
            for (var file : found) {
                if (FILE.matcher(file.getFileName().toString()).matches()) {
                    files.put(number(file), file);
                }
            }
        } catch (IOException e) {
            LOG.warn("{}: the revisions in {} can't be read: {}", pipeline, folder, e.toString());
        }
        return List.copyOf(files.values());
    }

    private static int number(Path file) {
        var name = file.getFileName().toString();
        return Integer.parseInt(name.substring(0, name.indexOf('.')));
    }

    private Optional<KeptRevision> read(Path file) {
        try {
            if (Files.size(file) > LARGEST) {
                throw new IOException("it is larger than any revision");
            }
            var revision = RevisionFormat.revision(Files.readAllBytes(file));
            if (revision.number() != number(file)) {
                throw new IOException("it holds revision " + revision.number());
            }
            return Optional.of(revision);
        } catch (NoSuchFileException e) {
            return Optional.empty(); // the oldest, forgotten just now
        } catch (IOException e) {
            if (told.add(file)) {
                LOG.warn("The revision {} is passed over: {}", file, e.getMessage());
            }
            return Optional.empty();
        }
    }
}
