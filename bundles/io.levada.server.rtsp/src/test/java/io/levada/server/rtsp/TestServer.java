/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import io.levada.server.rtsp.auth.AccessSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A server on a free port and the clips that it serves. */
final class TestServer implements AutoCloseable {

    /** The tests run with either: {@code -Dlevada.test.sockets=nio}. */
    static final String SOCKETS = System.getProperty("levada.test.sockets", "auto");

    private final RtspServer server;
    private final List<ServedClip> clips = new ArrayList<>();

    TestServer() {
        this(60, 5000);
    }

    TestServer(int sessionTimeout, int describeWait) {
        this(settings("127.0.0.1", 0, 0, 2, SOCKETS, 4096, sessionTimeout, describeWait, 64 << 20));
    }

    TestServer(ListenerSettings settings) {
        server = new RtspServer("etc", Path.of("."), settings);
    }

    /** Settings with what nobody but a few tests needs as it is by itself. */
    static ListenerSettings settings(
            String host,
            int port,
            int udpPort,
            int threads,
            String sockets,
            int maxConnections,
            int sessionTimeout,
            int describeWait,
            long gopBudget) {
        return new ListenerSettings(
                host,
                port,
                udpPort,
                threads,
                sockets,
                maxConnections,
                maxConnections,
                sessionTimeout,
                describeWait,
                gopBudget,
                AccessSettings.DEFAULT,
                TlsSettings.OFF,
                Optional.empty());
    }

    /** The same, where it is about who is let in. */
    static ListenerSettings settings(String host, AccessSettings access, TlsSettings tls) {
        return settings(host, SOCKETS, access, tls);
    }

    static ListenerSettings settings(String host, String sockets, AccessSettings access, TlsSettings tls) {
        return new ListenerSettings(
                host, 0, 0, 2, sockets, 100, 100, 60, 5000, 64 << 20, access, tls, Optional.empty());
    }

    RtspServer server() {
        return server;
    }

    ServedClip serve(Path file, String... parameters) {
        var map = new java.util.HashMap<String, String>();
        for (int i = 0; i < parameters.length; i += 2) {
            map.put(parameters[i], parameters[i + 1]);
        }
        var clip = new ServedClip(server, file, Map.copyOf(map));
        clips.add(clip);
        return clip;
    }

    InetSocketAddress address() {
        return server.address().orElseThrow();
    }

    RtspClient connect(String path) throws java.io.IOException {
        return new RtspClient(address(), path);
    }

    String url(String path) {
        return "rtsp://127.0.0.1:" + address().getPort() + path;
    }

    /** Waits until something is so. */
    static void await(String what, Duration timeout, BooleanSupplier condition) {
        long end = System.nanoTime() + timeout.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + timeout + ": " + what);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
    }

    @Override
    public void close() {
        try {
            clips.forEach(ServedClip::close);
        } finally {
            server.stop();
        }
    }
}
