/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * RTSP over HTTP (Apple's tunnelling, as cameras and players do it): one connection with a GET that the server's side travels
 * on as it is, and another with a POST that the client's side comes by, in Base64. A cookie says which belong together.
 * Thread-safe.
 */
final class Tunnels {

    private static final int LONGEST_COOKIE = 128;

    private final ConcurrentHashMap<String, RtspConnection> byCookie = new ConcurrentHashMap<>();

    /** The connection has the GET of a tunnel now; false if the cookie is none, or taken. */
    boolean open(String cookie, RtspConnection connection) {
        return !cookie.isEmpty()
                && cookie.length() <= LONGEST_COOKIE
                && byCookie.putIfAbsent(cookie, connection) == null;
    }

    void close(String cookie, RtspConnection connection) {
        byCookie.remove(cookie, connection);
    }

    /** The GET that a POST belongs to: of the same host, and as secret. */
    Optional<RtspConnection> find(String cookie, RtspConnection post) {
        return Optional.ofNullable(byCookie.get(cookie))
                .filter(get -> get.secure() == post.secure()
                        && get.remote().getAddress().equals(post.remote().getAddress()));
    }
}
