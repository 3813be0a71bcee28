/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.revision;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * A revision as the content of a file: Java properties in UTF-8, the pipeline's keys and our own, among them a digest of all
 * the others by which damage is found.
 */
final class RevisionFormat {

    /** Of our own keys. No stage can be called so, see the reserved words. */
    static final String OWN = "levada.revision.";

    private static final String NUMBER = OWN + "number";
    private static final String TIME = OWN + "time";
    private static final String ORIGIN = OWN + "origin";
    private static final String CHANGES = OWN + "changes";
    private static final String DIGEST = OWN + "sha256";
    private static final String CONFIGURED = OWN + "configured.";

    private RevisionFormat() {}

    static byte[] bytes(KeptRevision revision) {
        var keys = new TreeMap<>(revision.raw());
        keys.put(NUMBER, Integer.toString(revision.number()));
        keys.put(TIME, revision.time().toString());
        keys.put(ORIGIN, revision.origin());
        keys.put(CHANGES, String.join("\n", revision.changes()));
        revision.configured().forEach((key, value) -> keys.put(CONFIGURED + key, value));
        var properties = new Properties();
        properties.putAll(keys);
        properties.setProperty(DIGEST, digest(keys));
        var text = new StringWriter();
        try {
            properties.store(text, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** @throws IOException saying what is wrong with it */
    static KeptRevision revision(byte[] content) throws IOException {
        var properties = new Properties();
        try {
            properties.load(new StringReader(new String(content, StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
            throw new IOException("it is damaged: " + e.getMessage(), e);
        }
        var keys = new TreeMap<String, String>();
        properties.stringPropertyNames().forEach(key -> keys.put(key, properties.getProperty(key)));
        var digest = keys.remove(DIGEST);
        if (digest == null || !digest.equals(digest(keys))) {
            throw new IOException("it is damaged: not all of it is what was written");
        }
        var raw = new TreeMap<>(keys);
        raw.keySet().removeIf(key -> key.startsWith(OWN));
        var configured = new TreeMap<String, String>();
        keys.forEach((key, value) -> {
            if (key.startsWith(CONFIGURED)) {
                configured.put(key.substring(CONFIGURED.length()), value);
            }
        });
        try {
            return new KeptRevision(
                    Integer.parseInt(keys.get(NUMBER)),
                    Instant.parse(keys.get(TIME)),
                    keys.getOrDefault(ORIGIN, ""),
                    raw,
                    configured,
                    keys.getOrDefault(CHANGES, "").lines().toList());
        } catch (NumberFormatException | DateTimeException | NullPointerException e) {
            throw new IOException("it is of another version", e);
        }
    }

    /** Each text with its length, so that no two sets of keys are the same bytes. */
    private static String digest(Map<String, String> sorted) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            sorted.forEach((key, value) -> List.of(key, value).forEach(text -> {
                var bytes = text.getBytes(StandardCharsets.UTF_8);
                digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
                digest.update(bytes);
            }));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
