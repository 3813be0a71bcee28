/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.plugin;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.osgi.framework.Bundle;

/**
 * A jar in {@code plugins/}, or about to be there. The location of the bundle that is installed from it has the file's name and a digest of its
 * content, so that two contents of one file can be installed at once.
 *
 * @param file it is in, or will be
 * @param content where its bytes are
 * @param location of its bundle
 */
record PluginJar(File file, Path content, String location) {

    private static final String SCHEME = "plugin:";
    private static final int DIGEST_DIGITS = 16;

    static PluginJar of(File file) throws IOException {
        return of(file, file.toPath());
    }

    static PluginJar of(File file, Path content) throws IOException {
        return new PluginJar(file, content, prefix(file.getName()) + digest(content));
    }

    /** What the locations of all bundles that ever came from the file begin with. */
    static String prefix(String fileName) {
        return SCHEME + fileName + "#";
    }

    /** The name of the file that a bundle came from; empty for one that is no plugin. */
    static String fileName(Bundle bundle) {
        var location = bundle.getLocation();
        int hash = location.lastIndexOf('#');
        return location.startsWith(SCHEME) && hash > 0 ? location.substring(SCHEME.length(), hash) : "";
    }

    private static String digest(Path file) throws IOException {
        try (var content = Files.newInputStream(file)) {
            var digest = MessageDigest.getInstance("SHA-256");
            content.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            return HexFormat.of().formatHex(digest.digest()).substring(0, DIGEST_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java has no SHA-256", e);
        }
    }
}
