/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import io.levada.server.rtsp.auth.Places;
import io.levada.server.rtsp.protocol.RtspConnection;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is connected, and how many may be: in all, and from one place. Thread-safe.
 */
final class Connections {

    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Who says nothing that can be understood for so long takes the place of others. */
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final int most;
    private final long patience;
    private final Set<RtspConnection> all = ConcurrentHashMap.newKeySet();
    private final Places places;
    private long told = System.nanoTime() - QUIET_NANOS;
    private long untold;

    /**
     * @param most connections in all
     * @param mostOfPlace from one address, or one IPv6 network
     * @param patience so long, in nanoseconds, one without a session may do nothing
     */
    Connections(int most, int mostOfPlace, long patience) {
        this.most = most;
        this.places = new Places(mostOfPlace);
        this.patience = patience;
    }

    /** Whether another one is taken; if so it has its place until it is closed. */
    boolean admit(Channel channel) {
        var address = ((InetSocketAddress) channel.remoteAddress()).getAddress();
        if (all.size() >= most) {
            refuse(channel, "there are " + most + " connections, max-connections");
            return false;
        }
        if (!places.enter(address)) {
            refuse(channel, "it has " + places.most() + " connections, max-connections-per-address");
            return false;
        }
        channel.closeFuture().addListener(closed -> places.leave(address));
        return true;
    }

    void add(Channel channel, RtspConnection connection) {
        all.add(connection);
        channel.closeFuture().addListener(closed -> all.remove(connection));
    }

    /** Closes a connection unheard. Who floods the server does not flood the log. */
    synchronized void refuse(Channel channel, String cause) {
        long now = System.nanoTime();
        if (now - told >= QUIET_NANOS) {
            var others = untold == 0 ? "" : "; " + untold + " others were not let in either since this was last told";
            LOG.warn("{} not let in: {}{}", channel.remoteAddress(), cause, others);
            told = now;
            untold = 0;
        } else {
            untold++;
        }
        channel.close();
    }

    /** Closes those that do nothing; to be called every second or so. */
    void check() {
        for (var connection : all) {
            if (connection.idle() > (connection.silent() ? Math.min(patience, SILENCE_NANOS) : patience)) {
                connection.expire();
            }
        }
    }

    int size() {
        return all.size();
    }
}
