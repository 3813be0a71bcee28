/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.revision;

import io.levada.wiring.definition.Finding;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Who made a definition, and who wants to know what became of it. Any thread. */
public final class Origins {

    /**
     * Where a definition comes from.
     *
     * @param words such as {@code console} or {@code rollback to 3}
     * @param outcome to be completed when it was looked at, with why it was not taken
     */
    public record Origin(String words, CompletableFuture<List<Finding>> outcome) {

        public static Origin of(String words) {
            return new Origin(words, new CompletableFuture<>());
        }
    }

    private record Announced(Map<String, String> raw, Origin origin) {}

    private final Map<String, Announced> announced = new ConcurrentHashMap<>();

    /** Says where the pipeline's next definition comes from, if it is this one; no keys for its removal. */
    public Origin announce(String pipeline, Map<String, String> raw, String words) {
        var origin = Origin.of(words);
        announced.put(pipeline, new Announced(raw, origin));
        return origin;
    }

    /** The same, unless it was said already. */
    public void suppose(String pipeline, Map<String, String> raw, String words) {
        announced.compute(
                pipeline,
                (name, last) -> last != null && last.raw().equals(raw) ? last : new Announced(raw, Origin.of(words)));
    }

    /**
     * Of a definition that has arrived.
     *
     * @param file where it is written; empty for one that is in Config Admin only
     */
    public Origin of(String pipeline, Map<String, String> raw, Optional<String> file) {
        var last = announced.remove(pipeline);
        return last != null && last.raw().equals(raw)
                ? last.origin()
                : Origin.of(file.map(name -> "file " + name).orElse("Config Admin"));
    }

    /** Of a removal that has happened. */
    public String ofRemoval(String pipeline) {
        var last = announced.remove(pipeline);
        return last != null && last.raw().isEmpty() ? last.origin().words() : "removed";
    }
}
