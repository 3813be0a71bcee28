/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.users;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A salted PBKDF2 hash (RFC 8018) with HMAC-SHA-256.
 *
 * @param iterations how often the function is applied
 * @param salt random bytes, its own for each password
 * @param key the derived key
 */
record PasswordHash(int iterations, byte[] salt, byte[] key) {

    /** What OWASP asks for with SHA-256, and half a second on a small machine: only sign-in pays it. */
    static final int ITERATIONS = 600_000;

    private static final String SCHEME = "pbkdf2-sha256";
    private static final int SALT_BYTES = 16;
    private static final int KEY_BITS = 256;
    private static final SecureRandom RANDOM = new SecureRandom();

    static PasswordHash of(char[] password) {
        return of(password, ITERATIONS);
    }

    static PasswordHash of(char[] password, int iterations) {
        var salt = random(SALT_BYTES);
        return new PasswordHash(iterations, salt, derive(password, salt, iterations));
    }

    /** One that no password is known for; it costs nothing to make and as much as any other to compare with. */
    static PasswordHash ofNoPassword() {
        return new PasswordHash(ITERATIONS, random(SALT_BYTES), random(KEY_BITS / Byte.SIZE));
    }

    private static byte[] random(int length) {
        var bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    /** Compares in a time that does not depend on where the difference is. */
    boolean matches(char[] password) {
        return MessageDigest.isEqual(key, derive(password, salt, iterations));
    }

    /**
     * The text form is {@code pbkdf2-sha256$iterations$salt$key}, the last two in Base64.
     *
     * @throws IllegalArgumentException if it has another form
     */
    static PasswordHash parse(String text) {
        var parts = text.split("\\$");
        if (parts.length != 4 || !parts[0].equals(SCHEME)) {
            throw new IllegalArgumentException("not a " + SCHEME + " hash");
        }
        var decoder = Base64.getDecoder();
        return new PasswordHash(Integer.parseInt(parts[1]), decoder.decode(parts[2]), decoder.decode(parts[3]));
    }

    /** The text form; see {@link #parse}. */
    String text() {
        var encoder = Base64.getEncoder();
        return String.join(
                "$", SCHEME, Integer.toString(iterations), encoder.encodeToString(salt), encoder.encodeToString(key));
    }

    private static byte[] derive(char[] password, byte[] salt, int iterations) {
        var spec = new PBEKeySpec(password, salt, iterations, KEY_BITS);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java has no PBKDF2WithHmacSHA256", e);
        } finally {
            spec.clearPassword();
        }
    }
}
