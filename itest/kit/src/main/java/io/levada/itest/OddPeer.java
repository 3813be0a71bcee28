/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** A peer on a free port of the loopback interface that does not do what a media server should. */
public final class OddPeer implements AutoCloseable {

    private final int port;
    private final Runnable end;

    private OddPeer(int port, Runnable end) {
        this.port = port;
        this.end = end;
    }

    /** Connects and never says a word. */
    public static OddPeer silent() throws IOException {
        var socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        return new OddPeer(socket.getLocalPort(), () -> {
            try {
                socket.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** An HTTP server that has nothing. */
    public static OddPeer withoutContent() throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        server.start();
        return new OddPeer(server.getAddress().getPort(), () -> server.stop(0));
    }

    public int port() {
        return port;
    }

    @Override
    public void close() {
        end.run();
    }
}
