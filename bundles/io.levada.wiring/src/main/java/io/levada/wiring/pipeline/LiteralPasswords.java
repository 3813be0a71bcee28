/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.pipeline;

import io.levada.api.stage.Credentials;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Finds passwords that stand in a pipeline file in plain text. */
final class LiteralPasswords {

    /** {@code $[secret:NAME]} and its like. */
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\[[^\\]]*]");

    /** A user's name without a password, which is nobody's secret. */
    private static final Pattern USER_ONLY = Pattern.compile("(?<=:/{1,2})[^/@:\\s]*:?@");

    private LiteralPasswords() {}

    /** The keys whose values hold one. */
    static List<String> in(Map<String, String> keys) {
        return keys.entrySet().stream()
                .filter(entry -> holdsOne(entry.getKey(), entry.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** It does when there is something left to mask without its placeholders. */
    private static boolean holdsOne(String key, String value) {
        var literal = PLACEHOLDER.matcher(value).replaceAll("").strip();
        if (Credentials.namedBy(key)) {
            return !literal.isEmpty();
        }
        var url = USER_ONLY.matcher(literal).replaceAll("");
        return url.contains(":/") && !Credentials.masked(url).equals(url);
    }
}
