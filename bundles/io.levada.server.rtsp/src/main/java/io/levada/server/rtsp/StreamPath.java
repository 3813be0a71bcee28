/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import io.levada.api.stage.StageException;
import java.util.regex.Pattern;

/** The path of a stream in its URL. */
final class StreamPath {

    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._~!$&'()*+,;=:@-]+)+");

    private StreamPath() {}

    /** @throws StageException when it is none */
    static String of(String text) throws StageException {
        var path = text.strip();
        if (!PATH.matcher(path).matches()
                || path.contains("/../")
                || path.contains("/./")
                || path.matches(".*/trackID=\\d+")) {
            throw StageException.invalid("'" + path + "' is no path for a stream")
                    .parameter("path")
                    .remedy(
                            "write a slash and names such as /lobby or /lobby/raw, without spaces or a slash at the end");
        }
        return path;
    }
}
