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
    private static final PasswordHash NOBODY = PasswordHash.of(new char[] {'x'});

    private static final int REMEMBERED = 64;

    private final UsersFile file;
    private final byte[] key = new byte[32];
    private final Map<String, byte[]> verified = new ConcurrentHashMap<>();
    private volatile Object revision = "none";

    @Activate
    public FileUsers(BundleContext context) {
        this(Path.of(context.getProperty("levada.data"), "users"));
    }

    FileUsers(Path file) {
        this.file = new UsersFile(file);
        new SecureRandom().nextBytes(key);
    }

    @Override
    public boolean authenticate(String user, char[] password) {
        forgetWhenChanged();
        var digest = digest(user, password);
        var known = verified.get(user);
        if (known != null && MessageDigest.isEqual(known, digest)) {
            return true;
        }
        return verify(user, password, digest);
    }

    /** One at a time: the hash is costly by intent, and guesses must not take every core of a media node. */
    private synchronized boolean verify(String user, char[] password, byte[] digest) {
        var hash = file.read().get(user);
        if (hash == null) {
            NOBODY.matches(password);
            return false;
        }
        boolean right = hash.matches(password);
        if (right && verified.size() < REMEMBERED) {
            verified.put(user, digest);
        }
        return right;
    }

    @Override
    public void setPassword(String user, char[] password) {
        file.setPassword(user, password);
    }

    @Override
    public Set<String> names() {
        return file.names();
    }

    private void forgetWhenChanged() {
        var now = file.revision();
        if (!now.equals(revision)) {
            verified.clear();
            revision = now;
        }
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
