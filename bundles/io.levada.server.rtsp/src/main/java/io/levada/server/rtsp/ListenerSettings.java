/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import io.levada.api.stage.Quantity;
import io.netty.util.internal.PlatformDependent;

/**
 * What the configuration says.
 *
 * @param udpPort the first one, 0 for any
 * @param sockets auto, epoll or nio
 * @param sessionTimeout seconds
 * @param describeWait milliseconds
 * @param gopBudget bytes that all streams together may keep for new readers
 */
record ListenerSettings(
        String host,
        int port,
        int udpPort,
        int threads,
        String sockets,
        int maxConnections,
        int sessionTimeout,
        int describeWait,
        long gopBudget) {

    private static final long BUDGET = PlatformDependent.maxDirectMemory() / 3;

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
                config.describe$_$wait(),
                config.gop$_$budget().equals("auto") ? BUDGET : Quantity.bytes(config.gop$_$budget()));
    }

    boolean sameAddress(ListenerSettings other) {
        return host.equals(other.host) && port == other.port;
    }

    String address() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
