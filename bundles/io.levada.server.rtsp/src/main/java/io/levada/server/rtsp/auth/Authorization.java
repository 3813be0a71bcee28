/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.auth;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What a client proves itself with. Its text form says nothing, for logs. */
sealed interface Authorization {

    /** Who it says it is. */
    String user();

    /** RFC 7617. */
    record Basic(String user, char[] password) implements Authorization {

        @Override
        public String toString() {
            return "Basic";
        }
    }

    /** RFC 7616, or RFC 2069 if it has no {@code qop}; names in lower case. */
    record Digest(Map<String, String> parameters) implements Authorization {

        @Override
        public String user() {
            return parameter("username");
        }

        /** Empty if there is none. */
        String parameter(String name) {
            return parameters.getOrDefault(name, "");
        }

        @Override
        public String toString() {
            return "Digest";
        }
    }

    /** Each letter is looked at once: the header is anybody's, and read on an event loop. */
    Pattern PARAMETER =
            Pattern.compile("(?<![A-Za-z])([A-Za-z]++)\\s*+=\\s*+(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|([^\\s,\"]+))");

    /** Reads a header; empty if it is of another scheme or broken. */
    static Optional<Authorization> parse(String header) {
        int space = header.indexOf(' ');
        if (space < 0) {
            return Optional.empty();
        }
        var rest = header.substring(space + 1).strip();
        return switch (header.substring(0, space).toLowerCase(Locale.ROOT)) {
            case "basic" -> basic(rest);
            case "digest" -> Optional.of(digest(rest));
            default -> Optional.empty();
        };
    }

    private static Optional<Authorization> basic(String encoded) {
        try {
            var text = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            int colon = text.indexOf(':');
            return colon < 0
                    ? Optional.empty()
                    : Optional.of(new Basic(
                            text.substring(0, colon), text.substring(colon + 1).toCharArray()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Authorization digest(String text) {
        var parameters = new TreeMap<String, String>();
        var matcher = PARAMETER.matcher(text);
        while (matcher.find()) {
            var value = matcher.group(2) == null
                    ? matcher.group(3)
                    : matcher.group(2).replaceAll("\\\\(.)", "$1");
            parameters.putIfAbsent(matcher.group(1).toLowerCase(Locale.ROOT), value);
        }
        return new Digest(parameters);
    }
}
