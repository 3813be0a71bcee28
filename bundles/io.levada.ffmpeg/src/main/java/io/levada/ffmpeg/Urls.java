/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import java.util.regex.Pattern;

/** URLs as they may be shown: without what would let a reader of the log in. */
public final class Urls {

    private static final String MASK = "***";

    /** {@code scheme://user:password@}, also where the password holds an {@code @}, or a slash was forgotten. */
    private static final Pattern USER_INFO = Pattern.compile("(?<=[A-Za-z0-9+.-]{2}:/{1,2})([^/?#\\s'\"]*)@");

    /** What FFmpeg shows of its requests when it logs all. */
    private static final Pattern AUTHORIZATION = Pattern.compile("(?i)(authorization:\\s*)[^\\r\\n]+");

    /** A parameter of a query (or of libav's {@code |key=value}) whose name says that its value is secret. */
    private static final Pattern SECRET = Pattern.compile(
            "(?i)([?&|;\\s]|^)([\\w.-]*(?:passw(?:or)?d|passphrase|pwd|token|secret|signature|credential)[\\w.-]*"
                    + "|(?:[\\w.-]*[._-])?(?:api)?(?:key|pass|sig|auth))=([^&|;\\s'\"]+)");

    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*", Pattern.DOTALL);

    private Urls() {}

    /** The URL, or any text with URLs in it, with user names and passwords and secret parameters replaced by stars. */
    public static String masked(String text) {
        String shown = USER_INFO.matcher(text).replaceAll(MASK + "@");
        shown = AUTHORIZATION.matcher(shown).replaceAll("$1" + MASK);
        return SECRET.matcher(shown).replaceAll("$1$2=" + MASK);
    }

    /** Whether it names a file of this machine, by a path or by {@code file:}. */
    public static boolean file(String url) {
        return url.startsWith("file:") || !SCHEME.matcher(url).matches();
    }

    /** The path of a {@link #file}. */
    public static String path(String url) {
        return url.startsWith("file:") ? url.substring("file:".length()).replaceFirst("^//(?=/)", "") : url;
    }
}
