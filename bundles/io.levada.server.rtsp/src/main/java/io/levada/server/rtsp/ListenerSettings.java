/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import io.levada.server.rtsp.auth.AccessSettings;
import io.levada.server.rtsp.protocol.MulticastSettings;
import java.util.Optional;

/**
 * What the configuration says.
 *
 * @param udpPort the first one, 0 for any
 * @param sockets auto, epoll or nio
 * @param sessionTimeout seconds
 * @param describeWait milliseconds
 * @param gopBudget bytes that all streams together may keep for new readers
 * @param access who is let in
 * @param tls what is encrypted
 * @param multicast the groups there are for streams, if there are any
 */
record ListenerSettings(
        String host,
        int port,
        int udpPort,
        int threads,
        String sockets,
        int maxConnections,
        int maxConnectionsPerAddress,
        int sessionTimeout,
        int describeWait,
        long gopBudget,
        AccessSettings access,
        TlsSettings tls,
        Optional<MulticastSettings> multicast) {

    boolean sameAddress(ListenerSettings other) {
        return host.equals(other.host) && port == other.port;
    }

    String address() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
