/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** A port that connections are taken at. Not thread-safe, not for event loops. */
final class Acceptor {

    private static final int STOP_SECONDS = 5;

    private final ServerBootstrap bootstrap;
    private String host;
    private Channel channel;

    /** Kept, for closed channels may not tell theirs. */
    private InetSocketAddress address;

    /** @throws IOException when the port can't be had */
    Acceptor(ServerBootstrap bootstrap, String host, int port) throws IOException {
        this.bootstrap = bootstrap;
        this.host = host;
        this.channel = bind(host, port);
    }

    private Channel bind(String at, int port) throws IOException {
        var opened = UdpSockets.sync(bootstrap.bind(Sockets.address(at, port)));
        address = (InetSocketAddress) opened.localAddress();
        return opened;
    }

    /**
     * Takes connections elsewhere; who is connected stays.
     *
     * @throws IOException when that can't be had; nothing changed then
     */
    void move(String toHost, int toPort) throws IOException {
        int port = address().getPort();
        if (host.equals(toHost) && port == toPort) {
            return;
        }
        if (port == toPort) {
            close(); // an address and the one for all addresses exclude each other
        }
        try {
            var opened = bind(toHost, toPort);
            channel.close();
            channel = opened;
            host = toHost;
        } catch (IOException e) {
            if (port == toPort) {
                channel = bind(host, port);
            }
            throw e;
        }
    }

    InetSocketAddress address() {
        return address;
    }

    void close() {
        channel.close().awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
    }
}
