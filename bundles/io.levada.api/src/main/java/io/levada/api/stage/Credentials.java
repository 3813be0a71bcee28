/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.stage;

import java.util.regex.Pattern;

/** What of a text nobody but its owner may read, such as the password of a URL. What is shown or logged goes through here. */
public final class Credentials {

    private static final String MASK = "***";

    /**
     * {@code scheme://user:password@}, also where the password holds an {@code @}, or a slash was forgotten, or JSON put a
     * backslash before each.
     */
    private static final Pattern USER_INFO =
            Pattern.compile("(?<=[A-Za-z0-9+.-]{2}:\\\\?/(?:\\\\?/)?)([^/?#\\s'\"]*)@");

    /**
     * A password with a slash or the like in it, which should have been percent-encoded: from a colon that no port follows to
     * the first {@code @} that a host follows.
     */
    private static final Pattern RAW_PASSWORD = Pattern.compile(
            "(?<=[A-Za-z0-9+.-]{2}:\\\\?/\\\\?/)[^/?#\\s'\"<>@:\\[\\\\]*:(?!\\d{1,5}\\b)[^\\s'\"<>]*?@(?=[A-Za-z0-9\\[])");

    /** What FFmpeg shows of its requests when it logs all. */
    private static final Pattern AUTHORIZATION = Pattern.compile("(?i)(authorization:\\s*)[^\\r\\n]+");

    private static final String SURE =
            "[\\w.-]*(?:passw(?:or)?d|passphrase|pwd|token|secret|signature|credential)[\\w.-]*";

    /** In a query these are secret; elsewhere they may be anything, such as the pass of an encoder. */
    private static final String LIKELY = "(?:[\\w.-]*[._-])?(?:api)?(?:key|pass|sig|auth)";

    /** A parameter of a query (or of libav's {@code |key=value}) whose name says that its value is secret. */
    private static final Pattern PARAMETER =
            Pattern.compile("(?i)([?&|;\\s]|^)(" + SURE + "|" + LIKELY + ")=([^&|;\\s'\"]+)");

    private static final Pattern NAME = Pattern.compile("(?i)" + SURE);

    private Credentials() {}

    /** The URL, or any text with URLs in it, with user names and passwords and secret parameters replaced by stars. */
    public static String masked(String text) {
        String shown = RAW_PASSWORD.matcher(text).replaceAll(MASK + "@");
        shown = USER_INFO.matcher(shown).replaceAll(MASK + "@");
        shown = AUTHORIZATION.matcher(shown).replaceAll("$1" + MASK);
        return PARAMETER.matcher(shown).replaceAll("$1$2=" + MASK);
    }

    /** Whether a parameter's name alone says that its value is secret, as {@code password} and {@code access_token} do. */
    public static boolean namedBy(String name) {
        return NAME.matcher(name).matches();
    }
}
