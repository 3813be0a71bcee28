/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.file;

import io.levada.wiring.definition.LiteralPasswords;
import io.levada.wiring.definition.Text;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.felix.utils.properties.TypedProperties;

/** The text of a pipeline file as File Install reads it; changes keep its comments, its order and what they don't concern. */
public final class PipelineText {

    private static final int LARGEST = 1 << 20;

    private final String text;
    private final UnaryOperator<String> values;
    private final TypedProperties properties;

    private PipelineText(String text, UnaryOperator<String> values) throws IOException {
        this.text = text;
        this.values = values;
        this.properties = load();
    }

    private TypedProperties load() throws IOException {
        var loaded = new TypedProperties((name, key, value) -> values.apply(value));
        try {
            loaded.load(new StringReader(text));
        } catch (IllegalArgumentException e) {
            throw new IOException("it can't be read: " + e.getMessage(), e);
        }
        return loaded;
    }

    /**
     * @param values gives what stands for {@code ${NAME}}
     * @throws IOException saying why it is no text of a pipeline file
     */
    public static PipelineText of(String text, UnaryOperator<String> values) throws IOException {
        if (text.length() > LARGEST) {
            throw new IOException("it has " + text.length() + " characters; more than " + LARGEST + " are refused");
        }
        return new PipelineText(text, values);
    }

    /** As they go into Config Admin. */
    public Dictionary<String, Object> properties() {
        var dictionary = new Hashtable<String, Object>();
        properties.forEach(dictionary::put);
        return dictionary;
    }

    public Map<String, String> keys() {
        return Text.of(properties());
    }

    /** The text that says these keys and values: what it said of others goes, what it says of these in other words stays. */
    public String saying(Map<String, String> keys) {
        var before = keys();
        if (before.equals(keys)) {
            return text;
        }
        try {
            var changed = load();
            before.keySet().stream().filter(key -> !keys.containsKey(key)).forEach(changed::remove);
            keys.forEach((key, value) -> {
                if (!value.equals(before.get(key))) {
                    changed.put(key, value);
                }
            });
            var saved = new StringWriter();
            changed.save(saved);
            return saved.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // it was read before, and is written to memory
        }
    }

    public String text() {
        return text;
    }

    /** The text with stars for what is secret in plain text. */
    public String masked() {
        var keys = keys();
        keys.replaceAll(LiteralPasswords::masked);
        return saying(keys);
    }
}
