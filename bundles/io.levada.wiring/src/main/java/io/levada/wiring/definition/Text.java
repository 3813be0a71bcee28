/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.definition;

import java.util.Arrays;
import java.util.Dictionary;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Configurations as keys and values of text, which is what pipeline files hold. */
public final class Text {

    private Text() {}

    /** Without the framework's own keys; lists are joined by commas. */
    public static Map<String, String> of(Dictionary<String, ?> properties) {
        var keys = new TreeMap<String, String>();
        for (var names = properties.keys(); names.hasMoreElements(); ) {
            var key = names.nextElement();
            if (!key.startsWith("service.") && !key.startsWith("felix.")) {
                keys.put(key, text(properties.get(key)));
            }
        }
        return keys;
    }

    private static String text(Object value) {
        if (value instanceof Object[] values) {
            return Arrays.stream(values).map(String::valueOf).collect(Collectors.joining(","));
        }
        return value instanceof Iterable<?> values
                ? StreamSupport.stream(values.spliterator(), false)
                        .map(String::valueOf)
                        .collect(Collectors.joining(","))
                : String.valueOf(value);
    }
}
