/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** What a client answers to a challenge, computed as RFC 7616 says and not by the server's own code. */
final class Proof {

    private Proof() {}

    static String basic(String user, String password) {
        return "Authorization: Basic "
                + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    static String nonce(RtspClient.Response challenge) {
        var matcher = Pattern.compile("nonce=\"([^\"]+)\"").matcher(challenge.header("www-authenticate"));
        if (!matcher.find()) {
            throw new AssertionError(challenge);
        }
        return matcher.group(1);
    }

    /** Digest with {@code qop=auth} (RFC 7616, 3.4.1). */
    static String digest(
            String algorithm, String user, String password, String nonce, int count, String method, String uri)
            throws Exception {
        var nc = String.format("%08x", count);
        var response = hash(
                algorithm,
                hash(algorithm, user + ":Levada:" + password) + ":" + nonce + ":" + nc + ":0a4f113b:auth:"
                        + hash(algorithm, method + ":" + uri));
        return "Authorization: Digest username=\"" + user + "\", realm=\"Levada\", nonce=\"" + nonce + "\", uri=\""
                + uri
                + "\", algorithm=" + algorithm + ", response=\"" + response + "\", qop=auth, nc=" + nc
                + ", cnonce=\"0a4f113b\"";
    }

    /** Digest of clients that know RFC 2069 only. */
    static String oldDigest(String user, String password, String nonce, String method, String uri) throws Exception {
        var response = hash(
                "MD5", hash("MD5", user + ":Levada:" + password) + ":" + nonce + ":" + hash("MD5", method + ":" + uri));
        return "Authorization: Digest username=\"" + user + "\",realm=\"Levada\",nonce=\"" + nonce + "\",uri=\"" + uri
                + "\",response=\"" + response + "\"";
    }

    private static String hash(String algorithm, String text) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
