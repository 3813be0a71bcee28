/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.pipeline;

import io.levada.wiring.definition.Finding;
import io.levada.wiring.revision.Origins.Origin;
import java.util.List;
import java.util.Map;

/**
 * A definition as it comes.
 *
 * @param keys and values with secrets filled in, by which the pipeline is to run
 * @param raw the same with secrets as placeholders; none when it was overtaken before it was looked at
 * @param configured the pipeline's own lines where a template made more of them; else none
 * @param problems why there is nothing to run by, when no keys could be made of a template
 * @param nanoTime when it came
 */
record Offer(
        Map<String, String> keys,
        Map<String, String> raw,
        Map<String, String> configured,
        List<Finding> problems,
        Origin origin,
        long nanoTime) {

    static final Offer NONE = new Offer(Map.of(), Map.of(), Map.of(), List.of(), Origin.of(""), 0);

    /** What every placeholder begins with. */
    private static final String PLACEHOLDER = "$[";

    /** Both were read one after the other: the second may be newer, and then the next offer is on its way. */
    static Offer of(Map<String, String> keys, Map<String, String> raw, Origin origin, long nanoTime) {
        boolean same = keys.keySet().equals(raw.keySet())
                && raw.entrySet().stream()
                        .allMatch(entry -> entry.getValue().contains(PLACEHOLDER)
                                || entry.getValue().equals(keys.get(entry.getKey())));
        return new Offer(keys, same ? raw : Map.of(), Map.of(), List.of(), origin, nanoTime);
    }

    /** Made of a template. */
    static Offer of(
            Map<String, String> keys,
            Map<String, String> raw,
            Map<String, String> configured,
            Origin origin,
            long nanoTime) {
        return new Offer(keys, raw, configured, List.of(), origin, nanoTime);
    }

    /** Of which no keys could be made. */
    static Offer refused(Map<String, String> configured, List<Finding> problems, Origin origin) {
        return new Offer(configured, Map.of(), configured, problems, origin, System.nanoTime());
    }

    /** Nobody will look at it, but at what came after it. */
    void overtakenBy(Offer newer) {
        newer.origin.outcome().whenComplete((findings, failure) -> {
            if (failure == null) {
                origin.outcome().complete(findings);
            } else {
                origin.outcome().completeExceptionally(failure);
            }
        });
    }

    /** Without secrets. */
    @Override
    public String toString() {
        return origin.words();
    }
}
