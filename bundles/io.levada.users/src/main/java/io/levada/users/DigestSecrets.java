/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.users;

import io.levada.api.user.Users;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The secrets of HTTP Digest (RFC 7616, 3.4.2) in a file of mode 0600, a line {@code name:MD5:SHA-256} for each user. They are
 * kept while the file is there. For one process and thread at a time: the users' file has the lock.
 */
final class DigestSecrets {

    private static final String MD5 = "MD5";
    private static final String SHA_256 = "SHA-256";

    private final Path file;

    DigestSecrets(Path file) {
        this.file = file;
    }

    private record Secrets(String md5, String sha256) {

        static Secrets of(String user, char[] password) {
            var text = user + ":" + Users.REALM + ":" + new String(password);
            return new Secrets(hash(MD5, text), hash(SHA_256, text));
        }

        private static String hash(String algorithm, String text) {
            try {
                return HexFormat.of()
                        .formatHex(MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8)));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("This Java has no " + algorithm, e);
            }
        }
    }

    void keep(boolean keep) throws IOException {
        if (!keep) {
            Files.deleteIfExists(file);
        } else if (!Files.exists(file)) {
            write(Map.of());
        }
    }

    Optional<String> find(String user, String algorithm) throws IOException {
        return Optional.ofNullable(read().get(user)).flatMap(secrets -> switch (algorithm) {
            case MD5 -> Optional.of(secrets.md5());
            case SHA_256 -> Optional.of(secrets.sha256());
            default -> Optional.empty();
        });
    }

    /** The password of a user is this one from now on. */
    void put(String user, char[] password) throws IOException {
        if (Files.exists(file)) {
            var all = read();
            all.put(user, Secrets.of(user, password));
            write(all);
        }
    }

    /** A line that is damaged is no secret of anybody: the next password that is set mends it. */
    private Map<String, Secrets> read() throws IOException {
        var all = new LinkedHashMap<String, Secrets>();
        if (Files.exists(file)) {
            for (var line : Files.readAllLines(file)) {
                var parts = line.split(":");
                if (parts.length == 3 && !line.startsWith("#")) {
                    all.put(parts[0], new Secrets(parts[1], parts[2]));
                }
            }
        }
        return all;
    }

    private void write(Map<String, Secrets> all) throws IOException {
        var text = new StringBuilder(
                "# Secrets for HTTP Digest, each as good as its password; kept while a server uses Digest\n");
        all.forEach((name, secrets) -> text.append(name)
                .append(':')
                .append(secrets.md5())
                .append(':')
                .append(secrets.sha256())
                .append('\n'));
        PrivateFile.write(file, text);
    }
}
