/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.users;

import io.levada.api.user.Users;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * The user service over the users file. HTTP Basic sends the password with every request, so a password that was found
 * right is remembered, as a digest under a key of this process, until the file changes.
 */
@Component
public final class FileUsers implements Users {

    /** Verified for an unknown user, so that the answer takes as long. */
    private static final PasswordHash NOBODY = PasswordHash.ofNoPassword();

    private static final int REMEMBERED = 64;

    private final UsersFile file;
    private final byte[] key = new byte[32];
    private final Map<String, Verified> verified = new ConcurrentHashMap<>();

    /** A password that was right, and the state of the file that it was right by. */
    private record Verified(byte[] digest, Object revision) {}

    @Activate
    public FileUsers(BundleContext context) {
        this(Path.of(context.getProperty("levada.data"), "users"));
    }

    /** @param file where they are kept; made with the first user */
    public FileUsers(Path file) {
        this.file = new UsersFile(file);
        new SecureRandom().nextBytes(key);
    }

    @Override
    public boolean authenticate(String user, char[] password) {
        var digest = digest(user, password);
        var known = verified.get(user);
        if (known != null
                && known.revision().equals(file.revision())
                && MessageDigest.isEqual(known.digest(), digest)) {
            return true;
        }
        return verify(user, password, digest);
    }

    /** One at a time: the hash is costly by intent, and guesses must not take every core of a media node. */
    private synchronized boolean verify(String user, char[] password, byte[] digest) {
        var revision = file.revision(); // before it is read: what is remembered is never newer than what was compared
        var hash = file.read().get(user);
        if (hash == null) {
            NOBODY.matches(password);
            return false;
        }
        boolean right = hash.matches(password);
        if (right) {
            if (verified.size() >= REMEMBERED) {
                verified.clear();
            }
            verified.put(user, new Verified(digest, revision));
        }
        return right;
    }

    @Override
    public synchronized void setPassword(String user, char[] password) {
        file.setPassword(user, password);
    }

    /** One change at a time: a file lock is for processes, not for threads. */
    @Override
    public synchronized void keepDigestSecrets(boolean keep) {
        file.keepDigestSecrets(keep);
    }

    @Override
    public Optional<String> digestSecret(String user, String algorithm) {
        return file.digestSecret(user, algorithm);
    }

    @Override
    public Set<String> names() {
        return file.names();
    }

    private byte[] digest(String user, char[] password) {
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(password));
        try {
            var sha = MessageDigest.getInstance("SHA-256");
            sha.update(key);
            sha.update(user.getBytes(StandardCharsets.UTF_8));
            sha.update((byte) 0);
            sha.update(encoded);
            return sha.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java has no SHA-256", e);
        } finally {
            Arrays.fill(encoded.array(), (byte) 0);
        }
    }
}
