/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.pipeline;

import java.util.Map;

/**
 * A definition as it comes.
 *
 * @param keys and values with secrets filled in, by which the pipeline is to run
 * @param raw the same as configured, secrets as placeholders; none when it was overtaken before it was looked at
 * @param origin where it comes from, in words
 */
record Offer(Map<String, String> keys, Map<String, String> raw, String origin) {

    static final Offer NONE = new Offer(Map.of(), Map.of(), "");

    /** What every placeholder begins with. */
    private static final String PLACEHOLDER = "$[";

    /** Both were read one after the other: the second may be newer, and then the next offer is on its way. */
    static Offer of(Map<String, String> keys, Map<String, String> raw, String origin) {
        boolean same = keys.keySet().equals(raw.keySet())
                && raw.entrySet().stream()
                        .allMatch(entry -> entry.getValue().contains(PLACEHOLDER)
                                || entry.getValue().equals(keys.get(entry.getKey())));
        return new Offer(keys, same ? raw : Map.of(), origin);
    }

    /** Without secrets. */
    @Override
    public String toString() {
        return origin;
    }
}
