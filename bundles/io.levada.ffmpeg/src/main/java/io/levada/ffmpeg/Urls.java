/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import io.levada.api.stage.Credentials;
import java.util.regex.Pattern;

/** URLs as they may be shown: without what would let a reader of the log in. */
public final class Urls {

    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*", Pattern.DOTALL);

    private Urls() {}

    /** The URL, or any text with URLs in it, with user names and passwords and secret parameters replaced by stars. */
    public static String masked(String text) {
        return Credentials.masked(text);
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
