/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.auth;

import java.nio.charset.StandardCharsets;

/** The Authorization header: understood or not, but never more than that, and nothing in it lets anybody in. */
public final class AuthorizationFuzz {

    private AuthorizationFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        var header = new String(input, StandardCharsets.ISO_8859_1);
        var read = Authorization.parse(header);
        if (!SignIn.claimed(header).equals(read.map(Authorization::user).orElse(""))) {
            throw new AssertionError("two readings");
        }
        if (read.isPresent() && read.get() instanceof Authorization.Digest digest) {
            if (DigestCheck.right(digest, "SHA-256", "secret", "DESCRIBE")) {
                throw new AssertionError("let in");
            }
            DigestCheck.count(digest);
        }
    }
}
