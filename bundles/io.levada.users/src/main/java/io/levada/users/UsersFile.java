/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.users;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The users in a file of mode 0600, a line {@code name:hash} for each. Several processes may use it: every change is
 * written beside it and moved over it, under a lock.
 */
public final class UsersFile {

    /** The user made at the first start. */
    public static final String FIRST_USER = "admin";

    private static final Pattern NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9._-]{0,63}");
    private static final int SHORTEST_PASSWORD = 8;
    private static final int LONGEST_PASSWORD = 256;
    /** Without the letters and digits that are taken for each other. */
    private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    private final Path file;
    private final DigestSecrets digests;

    public UsersFile(Path file) {
        this.file = file;
        this.digests = new DigestSecrets(file.resolveSibling(file.getFileName() + "-digest"));
    }

    public boolean exists() {
        return Files.exists(file);
    }

    /**
     * The password of a new {@link #FIRST_USER}; the caller shows it once and forgets it.
     *
     * @throws IllegalStateException if there are users already
     */
    public String createFirstUser() {
        if (exists()) {
            throw new IllegalStateException("There are users in " + file + " already");
        }
        var password = randomPassword();
        setPassword(FIRST_USER, password.toCharArray());
        return password;
    }

    public Set<String> names() {
        return Set.copyOf(read().keySet());
    }

    /**
     * Makes the user or changes the password; on the disk when it returns.
     *
     * @throws IllegalArgumentException for a name or password that is not acceptable
     */
    public void setPassword(String user, char[] password) {
        if (!NAME.matcher(user).matches()) {
            throw new IllegalArgumentException("A user's name is 1 to 64 letters, digits, dots, dashes or underscores"
                    + " and begins with a letter: " + user);
        }
        if (password.length < SHORTEST_PASSWORD || password.length > LONGEST_PASSWORD) {
            throw new IllegalArgumentException("A password has %d to %d characters, this one has %d"
                    .formatted(SHORTEST_PASSWORD, LONGEST_PASSWORD, password.length));
        }
        var hash = PasswordHash.of(password);
        locked("The password could not be written to", () -> {
            var users = read();
            users.put(user, hash);
            write(users);
            digests.put(user, password);
        });
    }

    /** Whether a digest secret is kept with each password that is set from now on; {@code false} forgets all of them. */
    void keepDigestSecrets(boolean keep) {
        locked("The digest secrets could not be kept beside", () -> digests.keep(keep));
    }

    Optional<String> digestSecret(String user, String algorithm) {
        try {
            return digests.find(user, algorithm);
        } catch (IOException e) {
            throw new UncheckedIOException("The digest secrets beside " + file + " could not be read: " + e, e);
        }
    }

    private interface Change {
        void make() throws IOException;
    }

    /** Makes a change while no other process makes one. */
    private void locked(String failure, Change change) {
        var path = file.resolveSibling("." + file.getFileName() + ".lock");
        try (var lock = FileChannel.open(PrivateFile.made(path), StandardOpenOption.WRITE);
                var held = lock.lock()) {
            assert held.isValid();
            change.make();
        } catch (IOException e) {
            throw new UncheckedIOException(failure + " " + file + ": " + e.getMessage(), e);
        }
    }

    Map<String, PasswordHash> read() {
        var users = new LinkedHashMap<String, PasswordHash>();
        if (!exists()) {
            return users;
        }
        try {
            for (var line : Files.readAllLines(file)) {
                int colon = line.indexOf(':');
                if (colon > 0 && !line.startsWith("#")) {
                    users.put(line.substring(0, colon), PasswordHash.parse(line.substring(colon + 1)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The users could not be read from " + file + ": " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    file + " is damaged (" + e.getMessage() + "); delete it and set the passwords again", e);
        }
        return users;
    }

    /** What tells one state of the file from another, so that a reader can keep what it learnt from it. */
    Object revision() {
        try {
            var attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return List.of(attributes.lastModifiedTime(), String.valueOf(attributes.fileKey()), attributes.size());
        } catch (IOException e) {
            return "none";
        }
    }

    private void write(Map<String, PasswordHash> users) throws IOException {
        var text = new StringBuilder("# Levada's users; change a password with: bin/levada passwd\n");
        users.forEach((name, hash) ->
                text.append(name).append(':').append(hash.text()).append('\n'));
        PrivateFile.write(file, text);
    }

    private static String randomPassword() {
        var random = new SecureRandom();
        var password = new StringBuilder();
        for (int i = 0; i < 12; i++) {
            if (i > 0 && i % 4 == 0) {
                password.append('-');
            }
            password.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return password.toString();
    }
}
