/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.osgi.util.converter.ConversionException;
import org.osgi.util.converter.Converters;

/** Turns the strings of a pipeline file into a stage's typed parameters, as the wiring does it. */
final class Parameters {

    private final Map<String, String> values;

    Parameters(Map<String, String> values) {
        this.values = Map.copyOf(values);
    }

    /** Parameters whose name begins with the prefix, without it. */
    Map<String, String> extras(String prefix) {
        Map<String, String> extras = new TreeMap<>();
        values.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                extras.put(key.substring(prefix.length()), value);
            }
        });
        return extras;
    }

    /**
     * @throws IllegalArgumentException for a parameter that the type does not have, lacks a value for, or can't convert;
     *     ranges and choices are in the Metatype only and not looked at
     */
    <C> C as(Class<C> type) {
        var known = new TreeSet<String>();
        for (var method : type.getDeclaredMethods()) {
            String key = key(method.getName());
            known.add(key);
            if (method.getDefaultValue() == null && !values.containsKey(key)) {
                throw new IllegalArgumentException("parameter " + key + " is required");
            }
        }
        for (var key : values.keySet()) {
            if (!known.contains(key) && !key.contains(".")) {
                throw new IllegalArgumentException(
                        key + " is no parameter of " + type.getEnclosingClass() + ", which has " + known);
            }
        }
        C config = Converters.standardConverter().convert(values).to(type);
        Arrays.stream(type.getDeclaredMethods()).forEach(method -> convertible(config, method));
        return config;
    }

    /** The converter works when a value is asked for; a wrong one shall show at once. */
    private void convertible(Object config, Method method) {
        try {
            method.setAccessible(true);
            method.invoke(config);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof ConversionException) {
                String key = key(method.getName());
                throw new IllegalArgumentException(
                        key + " = " + values.get(key) + " is no "
                                + method.getReturnType().getSimpleName(),
                        e.getCause());
            }
            throw new IllegalStateException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The key of an annotation's method by the rules of Declarative Services (112.8.2.1). */
    static String key(String method) {
        var key = new StringBuilder();
        for (int i = 0; i < method.length(); i++) {
            if (method.startsWith("$_$", i)) {
                key.append('-');
                i += 2;
            } else if (method.startsWith("$$", i)) {
                key.append('$');
                i++;
            } else if (method.startsWith("__", i)) {
                key.append('_');
                i++;
            } else if (method.charAt(i) == '_') {
                key.append('.');
            } else if (method.charAt(i) != '$') {
                key.append(method.charAt(i));
            }
        }
        return key.toString();
    }
}
