/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.rtp;

import io.levada.api.stage.StageException;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How packets are encrypted (RFC 3711), and as SDP says it (RFC 4568, 6). It is never shown.
 *
 * @param suite the crypto suite by its registered name
 * @param key master key and salt, in base 64
 */
record Encryption(String suite, String key) {

    private static final int KEY_AND_SALT = 16 + 14;

    /** @return empty where it is off */
    static Optional<Encryption> of(String suite, String key) throws StageException {
        var stripped = key.strip();
        if (suite.equals("off")) {
            if (!stripped.isEmpty()) {
                throw StageException.invalid("there is a key, but srtp is off")
                        .parameter("srtp")
                        .remedy("write srtp = aes-cm-128-hmac-sha1-80, or leave srtp-key out");
            }
            return Optional.empty();
        }
        if (bytes(stripped) != KEY_AND_SALT) {
            throw StageException.invalid(
                            stripped.isEmpty()
                                    ? "SRTP needs a key"
                                    : "the key is not " + KEY_AND_SALT + " bytes in base 64")
                    .parameter("srtp-key")
                    .remedy("make one by: openssl rand -base64 30 > etc/secrets/NAME, and write $[secret:NAME]");
        }
        return Optional.of(new Encryption(suite.toUpperCase(Locale.ROOT).replace('-', '_'), stripped));
    }

    private static int bytes(String base64) {
        try {
            return Base64.getDecoder().decode(base64).length;
        } catch (IllegalArgumentException e) {
            return -1;
        }
    }

    /** For FFmpeg's srtp protocol; what comes back has the same key. */
    Map<String, String> options() {
        return Map.of("srtp_out_suite", suite, "srtp_out_params", key, "srtp_in_suite", suite, "srtp_in_params", key);
    }

    /** The line of SDP. */
    String attribute() {
        return "a=crypto:1 " + suite + " inline:" + key;
    }

    /** Without the key. */
    @Override
    public String toString() {
        return suite;
    }
}
