/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The arithmetic of Digest (RFC 7616, 3.4; without {@code qop} RFC 2069, 2.1.2). */
final class DigestCheck {

    private DigestCheck() {}

    /** Whether the client's answer was made with that secret, whatever nonce it took. */
    static boolean right(Authorization.Digest digest, String algorithm, String secret, String method) {
        var qop = digest.parameter("qop");
        var request = hash(algorithm, method + ":" + digest.parameter("uri"));
        var nonce = digest.parameter("nonce");
        var text = qop.isEmpty()
                ? secret + ":" + nonce + ":" + request
                : String.join(":", secret, nonce, digest.parameter("nc"), digest.parameter("cnonce"), qop, request);
        return (qop.isEmpty() || qop.equals("auth"))
                && MessageDigest.isEqual(
                        hash(algorithm, text).getBytes(StandardCharsets.US_ASCII),
                        digest.parameter("response").getBytes(StandardCharsets.US_ASCII));
    }

    /** The client's count of the nonce's uses; 0 if it is none. */
    static long count(Authorization.Digest digest) {
        try {
            return Long.parseLong(digest.parameter("nc"), 16);
        } catch (NumberFormatException e) {
            return 0;
        }
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
