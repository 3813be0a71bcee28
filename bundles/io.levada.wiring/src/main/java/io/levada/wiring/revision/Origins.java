/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.revision;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Who made a definition, as far as it can be told from what arrives. Any thread. */
public final class Origins {

    private record Announced(Map<String, String> raw, String origin) {}

    private final Map<String, Announced> announced = new ConcurrentHashMap<>();

    /** Says where the pipeline's next definition comes from, if it is this one. */
    void announce(String pipeline, Map<String, String> raw, String origin) {
        announced.put(pipeline, new Announced(raw, origin));
    }

    /**
     * Of a definition that has arrived.
     *
     * @param file where it is written, or was when the console saved it
     */
    public String of(String pipeline, Map<String, String> raw, Optional<String> file) {
        var last = announced.remove(pipeline);
        if (last != null && last.raw().equals(raw)) {
            return last.origin();
        }
        return file.map(name -> "file " + name).orElse("console or API");
    }
}
