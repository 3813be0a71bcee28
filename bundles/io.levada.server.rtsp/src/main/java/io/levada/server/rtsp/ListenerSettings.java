/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

/** What the configuration says. */
record ListenerSettings(
        String host,
        int port,
        int udpPort,
        int threads,
        String sockets,
        int maxConnections,
        int sessionTimeout,
        int describeWait) {

    static ListenerSettings of(ListenerConfig config) {
        int cores = Runtime.getRuntime().availableProcessors();
        return new ListenerSettings(
                config.host(),
                config.port(),
                config.udp$_$port(),
                config.threads() > 0 ? config.threads() : Math.max(1, Math.min(4, cores / 2)),
                config.sockets(),
                config.max$_$connections(),
                config.session$_$timeout(),
                config.describe$_$wait());
    }

    boolean sameAddress(ListenerSettings other) {
        return host.equals(other.host) && port == other.port;
    }

    String address() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
