/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** What one client has set up (RFC 2326, 3.4). All is done on its own event loop, unless it says otherwise. */
abstract class Session {

    private final String id;
    private final long number;
    private final String user;
    private final EventLoop loop;
    private final Sessions sessions;

    /** The one that made it; over TCP, the one it lives and dies with. */
    private final RtspConnection home;

    private final Set<RtspConnection> connections = new HashSet<>();
    private final Instant since = Instant.now();
    private boolean closed;
    private volatile boolean orphan;
    private volatile long lastSeen = System.nanoTime();

    /**
     * @param id what the client names it by; a secret, for who knows it need not sign in
     * @param number what it is listed by
     */
    Session(String id, long number, RtspConnection home, Sessions sessions) {
        this.id = id;
        this.number = number;
        this.user = home.user();
        this.home = home;
        this.loop = home.loop();
        this.sessions = sessions;
        connections.add(home);
    }

    final String id() {
        return id;
    }

    final EventLoop loop() {
        return loop;
    }

    final Sessions sessions() {
        return sessions;
    }

    final RtspConnection home() {
        return home;
    }

    final boolean closed() {
        return closed;
    }

    final long number() {
        return number;
    }

    /** As whom the client signed in; empty if it did not have to. */
    final String user() {
        return user;
    }

    final Instant since() {
        return since;
    }

    /** Where the client is, for people; any thread. */
    final String client() {
        return NetUtil.toSocketAddressString(home.remote());
    }

    /** Whether its packets travel on its connection. */
    abstract boolean tcp();

    /** Whether a connection may use it: over TCP its own, over UDP any of the same host. */
    final boolean allows(RtspConnection connection) {
        return connection == home
                || !tcp()
                        && connection.remote().getAddress().equals(home.remote().getAddress());
    }

    /** It was named in a request. */
    final void used(RtspConnection connection) {
        orphan = false;
        seen();
        connections.add(connection);
    }

    /** The client is alive. */
    final void seen() {
        lastSeen = System.nanoTime();
    }

    /** Seconds since the client was last heard of; any thread. */
    final long silent() {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - lastSeen);
    }

    /** Whether no connection is left that used it; any thread. */
    final boolean orphan() {
        return orphan;
    }

    /** Somebody else has its addresses now; any thread. */
    final void abandon() {
        loop.execute(this::close);
    }

    /** 200, naming the session. */
    final RtspResponse alive() {
        return RtspResponse.ok().header("Session", id + ";timeout=" + sessions.timeoutSeconds());
    }

    /** An interleaved packet, lent. */
    abstract void interleaved(int channel, ByteBuf packet);

    /** A datagram, lent; on any event loop. */
    abstract void datagram(InetSocketAddress from, ByteBuf packet);

    /** The connection takes bytes again. */
    void writable() {}

    final void connectionClosed(RtspConnection connection) {
        connections.remove(connection);
        orphan = connections.isEmpty();
        lost(connection);
    }

    /** One of its connections is gone. */
    abstract void lost(RtspConnection connection);

    /** Ends it if it timed out; any thread. */
    abstract void check();

    final List<RtspConnection> connections() {
        return List.copyOf(connections);
    }

    final void close() {
        if (closed) {
            return;
        }
        closed = true;
        release();
        sessions.remove(this);
        connections.forEach(connection -> connection.forget(this));
        connections.clear();
    }

    /** Gives back what it holds. */
    abstract void release();
}
