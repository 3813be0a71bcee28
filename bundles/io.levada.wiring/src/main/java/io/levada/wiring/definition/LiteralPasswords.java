/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.definition;

import io.levada.api.stage.Credentials;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Finds passwords that stand in a pipeline file in plain text. */
public final class LiteralPasswords {

    /** {@code $[secret:NAME]} and its like. */
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\[[^\\]]*]");

    /** A user's name without a password, which is nobody's secret. */
    private static final Pattern USER_ONLY = Pattern.compile("(?<=:/{1,2})[^/@:\\s]*:?@");

    private LiteralPasswords() {}

    /** The keys whose values hold one. */
    public static List<String> in(Map<String, String> keys) {
        return keys.entrySet().stream()
                .filter(entry -> holdsOne(entry.getKey(), entry.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** A value as others may see it: what is secret in plain text is stars, placeholders stay. */
    public static String masked(String key, String value) {
        if (!holdsOne(key, value)) {
            return value;
        }
        return Credentials.namedBy(key) ? "***" : Credentials.masked(value);
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
