/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.Optional;

/**
 * One whole request.
 *
 * @param uri as the client wrote it; not for logs, it may hold credentials
 */
record RtspRequest(String method, String uri, String version, HttpHeaders headers, String body) {

    /** A header's value, without spaces around it; empty if there is none. */
    String header(String name) {
        return Optional.ofNullable(headers.get(name)).map(String::strip).orElse("");
    }

    /** The session's id, without its parameters; empty if there is none. */
    String session() {
        var header = header("Session");
        int end = header.indexOf(';');
        return (end < 0 ? header : header.substring(0, end)).strip();
    }
}
