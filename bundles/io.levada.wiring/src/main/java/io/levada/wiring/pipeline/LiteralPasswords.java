/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.pipeline;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Finds passwords that stand in a pipeline file in plain text. */
final class LiteralPasswords {

    /** {@code scheme://user:password@}, unless the password is {@code $[secret:...]}. */
    private static final Pattern IN_URL = Pattern.compile("[a-z][a-z0-9+.-]*://[^/@:\\s]*:(?!\\$\\[)[^/@\\s]+@.*");

    private LiteralPasswords() {}

    /** The keys whose values hold one. */
    static List<String> in(Map<String, String> keys) {
        return keys.entrySet().stream()
                .filter(entry -> IN_URL.matcher(entry.getValue()).matches())
                .map(Map.Entry::getKey)
                .toList();
    }
}
