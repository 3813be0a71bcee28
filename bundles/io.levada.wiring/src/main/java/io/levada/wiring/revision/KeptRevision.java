/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.revision;

import io.levada.api.pipeline.Revision;
import io.levada.wiring.definition.LiteralPasswords;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A revision as it lies on disk.
 *
 * @param raw keys and values as they ran, sorted: secrets are placeholders unless the user wrote them out; none when the
 *     pipeline was removed
 * @param configured the pipeline's own lines where a template made more of them; else none
 */
public record KeptRevision(
        int number,
        Instant time,
        String origin,
        Map<String, String> raw,
        Map<String, String> configured,
        List<String> changes)
        implements Revision {

    public KeptRevision {
        raw = Collections.unmodifiableMap(new TreeMap<>(raw));
        configured = Collections.unmodifiableMap(new TreeMap<>(configured));
        changes = List.copyOf(changes);
    }

    /** Whether it says that the pipeline was taken away. */
    public boolean removal() {
        return raw.isEmpty();
    }

    @Override
    public Map<String, String> keys() {
        var shown = new TreeMap<>(raw);
        shown.replaceAll(LiteralPasswords::masked);
        return Collections.unmodifiableMap(shown);
    }

    /** Without the keys: a literal password may be among them. */
    @Override
    public String toString() {
        return "revision " + number + " of " + time;
    }
}
