/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import io.levada.api.server.EndedReader;
import io.levada.api.server.ReaderStatus;
import io.levada.server.rtsp.auth.Places;
import io.levada.server.rtsp.stream.UdpPorts;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** The sessions there are (RFC 2326, 3.4). Thread-safe. */
public final class Sessions {

    private static final int ID_BYTES = 10;

    private final ConcurrentHashMap<String, Session> byId = new ConcurrentHashMap<>();

    /** Whose UDP addresses these are; two readers can't share one. */
    private final ConcurrentHashMap<InetSocketAddress, Session> byAddress = new ConcurrentHashMap<>();

    private final SecureRandom random = new SecureRandom();
    private final AtomicLong numbers = new AtomicLong();
    private final EndedReaders ended = new EndedReaders();
    private final Function<EventLoop, UdpPorts> ports;
    private final Optional<MulticastGroups> groups;
    private final int timeoutSeconds;
    private final Places publishing;

    /**
     * @param ports the UDP ports of an event loop
     * @param multicast the groups there are for streams, if there are any
     * @param timeoutSeconds a session that nobody cares about lives so long
     * @param mostOfPlace so many that publish, from one address
     */
    public Sessions(
            Function<EventLoop, UdpPorts> ports,
            Optional<MulticastSettings> multicast,
            int timeoutSeconds,
            int mostOfPlace) {
        this.ports = ports;
        this.groups = multicast.map(MulticastGroups::new);
        this.timeoutSeconds = timeoutSeconds;
        this.publishing = new Places(mostOfPlace);
    }

    /** Makes a session. */
    interface Maker<S extends Session> {

        /**
         * @param id what the client names it by; a secret, for who knows it need not sign in
         * @param number what it is listed by
         */
        S session(String id, long number);
    }

    <S extends Session> S create(Maker<S> maker) {
        var bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        var session = maker.session(HexFormat.of().formatHex(bytes), numbers.incrementAndGet());
        byId.put(session.id(), session);
        return session;
    }

    Optional<Session> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    void remove(Session session) {
        byId.remove(session.id(), session);
    }

    /**
     * Whether the address is the session's from now on. A client that went away without a word loses it to the next one that
     * the host's system gives the same port.
     */
    private boolean claim(InetSocketAddress address, Session session) {
        var present = byAddress.putIfAbsent(address, session);
        if (present != null && present.orphan() && byAddress.replace(address, present, session)) {
            present.abandon();
            return true;
        }
        return present == null || present == session;
    }

    /** The same for the two of a track: both or none. */
    boolean claim(InetSocketAddress rtp, InetSocketAddress rtcp, Session session) {
        boolean held = byAddress.get(rtp) == session;
        if (!claim(rtp, session)) {
            return false;
        }
        boolean both = claim(rtcp, session);
        if (!both && !held) {
            unclaim(rtp, session);
        }
        return both;
    }

    void unclaim(InetSocketAddress address, Session session) {
        byAddress.remove(address, session);
    }

    /** How many UDP addresses are a session's. */
    int claimed() {
        return byAddress.size();
    }

    /** A datagram came, lent; on any event loop. */
    public void received(InetSocketAddress from, ByteBuf datagram) {
        var session = byAddress.get(from);
        if (session != null) {
            session.datagram(from, datagram);
        }
    }

    Optional<MulticastGroups> groups() {
        return groups;
    }

    UdpPorts ports(EventLoop loop) {
        return ports.apply(loop);
    }

    /** Those that announce and publish, by where they are. */
    Places publishing() {
        return publishing;
    }

    int timeoutSeconds() {
        return timeoutSeconds;
    }

    /** Closes what timed out; to be called every second or so. */
    public void check() {
        byId.values().forEach(Session::check);
    }

    /** Who is there, the oldest first. */
    public List<ReaderStatus> readers() {
        return byId.values().stream()
                .filter(RtspSession.class::isInstance)
                .sorted(Comparator.comparingLong(Session::number))
                .<ReaderStatus>map(session -> ((RtspSession) session).info())
                .toList();
    }

    /** One that the server ends by itself, just before. */
    void ending(RtspSession session, String reason) {
        ended.add(session.info(), reason);
    }

    /** The last ones that the server ended by itself, the newest first. */
    public List<EndedReader> ended() {
        return ended.list();
    }

    /** How many there are. */
    public int size() {
        return byId.size();
    }
}
