/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import static io.netty.handler.codec.rtsp.RtspResponseStatuses.BAD_REQUEST;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.NOT_ENOUGH_BANDWIDTH;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.UNSUPPORTED_TRANSPORT;

import io.levada.server.rtsp.stream.Mount;
import io.levada.server.rtsp.stream.Reader;
import io.levada.server.rtsp.stream.RtpBatch;
import io.levada.server.rtsp.stream.TcpReader;
import io.levada.server.rtsp.stream.TrackDescription;
import io.levada.server.rtsp.stream.UdpReader;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The tracks that a session has set up, and the interleaved channels or UDP ports they hold. For the session's event loop. */
final class SessionTracks {

    /** How a track travels: by its RTP channel over TCP, else to UDP ports. */
    private sealed interface Way {

        TrackDescription track();

        record Tcp(TrackDescription track, int channel) implements Way {}

        record Udp(TrackDescription track, UdpReader.Destination destination) implements Way {}

        record Multicast(TrackDescription track) implements Way {}
    }

    private final RtspSession session;
    private final RtspConnection home;
    private final Sessions sessions;
    private final Map<Integer, Way> ways = new TreeMap<>();
    private volatile Optional<MulticastGroup> group = Optional.empty();
    private volatile TransportHeader.Kind transport = TransportHeader.Kind.OTHER;

    /** @param home the connection that TCP tracks travel on */
    SessionTracks(RtspSession session, RtspConnection home, Sessions sessions) {
        this.session = session;
        this.home = home;
        this.sessions = sessions;
    }

    boolean tcp() {
        return transport == TransportHeader.Kind.TCP;
    }

    int size() {
        return ways.size();
    }

    /** For lists of readers; any thread. */
    String transport() {
        return transport.name().toLowerCase(Locale.ROOT);
    }

    /** The group that they are sent to, if they are. */
    Optional<MulticastGroup> group() {
        return group;
    }

    /**
     * Sets a track up, or again, by the first of the transports that goes; all tracks travel the same way. Who asks over TLS
     * gets no packets in the open.
     */
    RtspResponse setUp(TrackDescription track, List<TransportHeader> offers) {
        for (var offer : offers) {
            boolean alone = ways.isEmpty() || ways.keySet().equals(Set.of(track.id()));
            if (possible(offer.kind()) && (alone || offer.kind() == transport)) {
                giveBack(ways.remove(track.id()));
                return switch (offer.kind()) {
                    case TCP -> tcp(track, offer);
                    case MULTICAST -> multicast(track);
                    default -> udp(track, offer);
                };
            }
        }
        return RtspResponse.of(UNSUPPORTED_TRANSPORT);
    }

    private boolean possible(TransportHeader.Kind kind) {
        return switch (kind) {
            case TCP -> true;
            case UDP -> !home.secure();
            case MULTICAST -> !home.secure() && sessions.groups().isPresent();
            case OTHER -> false;
        };
    }

    private RtspResponse tcp(TrackDescription track, TransportHeader offer) {
        int channel = home.channels().claim(session, offer.first(), RtpBatch.channel(track.id()));
        if (channel < 0) {
            return RtspResponse.of(UNSUPPORTED_TRANSPORT);
        }
        transport = TransportHeader.Kind.TCP;
        ways.put(track.id(), new Way.Tcp(track, channel));
        return accepted(track, "RTP/AVP/TCP;unicast;interleaved=" + channel + "-" + (channel + 1));
    }

    private RtspResponse udp(TrackDescription track, TransportHeader offer) {
        if (offer.first() < 0) {
            return RtspResponse.of(BAD_REQUEST);
        }
        var client = home.remote().getAddress(); // never another host, whatever the client asks for
        var rtp = new InetSocketAddress(client, offer.first());
        var rtcp = new InetSocketAddress(client, offer.second());
        if (!sessions.claim(rtp, rtcp, session)) {
            return RtspResponse.of(UNSUPPORTED_TRANSPORT);
        }
        transport = TransportHeader.Kind.UDP;
        ways.put(track.id(), new Way.Udp(track, new UdpReader.Destination(rtp, rtcp)));
        var ports = sessions.ports(session.loop());
        return accepted(
                track,
                "RTP/AVP;unicast;client_port=" + offer.first() + "-" + offer.second() + ";server_port="
                        + ports.rtpPort() + "-" + ports.rtcpPort());
    }

    private RtspResponse multicast(TrackDescription track) {
        if (group.isEmpty()) {
            group = sessions.groups().flatMap(groups -> groups.join(session.mount(), sessions.ports(session.loop())));
        }
        if (group.isEmpty()) {
            return RtspResponse.of(NOT_ENOUGH_BANDWIDTH);
        }
        transport = TransportHeader.Kind.MULTICAST;
        ways.put(track.id(), new Way.Multicast(track));
        return accepted(track, group.get().transport(track));
    }

    private RtspResponse accepted(TrackDescription track, String chosen) {
        return session.alive()
                .header("Transport", chosen + ";ssrc=" + String.format("%08X", track.ssrc()) + ";mode=\"PLAY\"");
    }

    /** A reader for all of them. */
    Reader reader(Mount mount, long resumeAfter, Reader.Owner owner) {
        var channels = new HashMap<TrackDescription, Integer>();
        var destinations = new HashMap<TrackDescription, UdpReader.Destination>();
        for (var way : ways.values()) {
            if (way instanceof Way.Tcp tcp) {
                channels.put(tcp.track(), tcp.channel());
            } else if (way instanceof Way.Udp udp) {
                destinations.put(udp.track(), udp.destination());
            }
        }
        return tcp()
                ? new TcpReader(home.frames(), mount, channels, resumeAfter, owner)
                : new UdpReader(sessions.ports(session.loop()), mount, destinations, resumeAfter, owner);
    }

    /** Gives channels and ports back. */
    void close() {
        var held = List.copyOf(ways.values());
        ways.clear();
        held.forEach(this::giveBack);
    }

    /** What no track has any more. */
    private void giveBack(Way way) {
        if (way instanceof Way.Tcp tcp) {
            home.channels().unclaim(session, tcp.channel());
        } else if (way instanceof Way.Udp udp) {
            unclaim(udp.destination().rtp());
            unclaim(udp.destination().rtcp());
        } else if (way instanceof Way.Multicast && ways.isEmpty()) {
            group.ifPresent(sessions.groups().orElseThrow()::leave);
            group = Optional.empty();
        }
    }

    private void unclaim(InetSocketAddress address) {
        boolean held = ways.values().stream()
                .anyMatch(way -> way instanceof Way.Udp udp
                        && (udp.destination().rtp().equals(address)
                                || udp.destination().rtcp().equals(address)));
        if (!held) {
            sessions.unclaim(address, session);
        }
    }
}
