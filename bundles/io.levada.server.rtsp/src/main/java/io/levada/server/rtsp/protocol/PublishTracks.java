/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import static io.netty.handler.codec.rtsp.RtspResponseStatuses.BAD_REQUEST;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.UNSUPPORTED_TRANSPORT;

import io.levada.server.rtsp.publish.AnnouncedTrack;
import io.levada.server.rtsp.publish.Publisher;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The announced tracks that a session has set up, and by which interleaved channels or UDP ports they come. For its event loop. */
final class PublishTracks {

    private static final int REPORT_SIZE = 64;
    private static final int NONE = -1;

    /** How a track travels: by its RTP channel over TCP, else from UDP ports of the client's. */
    private sealed interface Way {

        record Tcp(int channel) implements Way {}

        record Udp(InetSocketAddress rtp, InetSocketAddress rtcp) implements Way {}
    }

    private final PublishSession session;
    private final RtspConnection home;
    private final Sessions sessions;
    private final Map<Integer, Way> ways = new TreeMap<>();
    private final Map<InetSocketAddress, Integer> byAddress = new HashMap<>();
    private final int[] byChannel = new int[256];
    private TransportHeader.Kind transport = TransportHeader.Kind.OTHER;

    /** @param home the connection that TCP tracks travel on */
    PublishTracks(PublishSession session, RtspConnection home, Sessions sessions) {
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

    /**
     * Sets a track up, or again, by the first of the transports that goes; all tracks travel the same way.
     *
     * @param connection where it was asked for; over TCP it has to be the one that packets travel on
     */
    RtspResponse setUp(AnnouncedTrack track, List<TransportHeader> offers, RtspConnection connection) {
        for (var offer : offers) {
            boolean alone = ways.isEmpty() || ways.size() == 1 && ways.containsKey(track.index());
            if (offer.mode() != TransportHeader.Mode.PLAY
                    && possible(offer.kind(), connection)
                    && (alone || offer.kind() == transport)) {
                giveBack(track.index());
                return offer.kind() == TransportHeader.Kind.TCP ? overTcp(track, offer) : overUdp(track, offer);
            }
        }
        return RtspResponse.of(UNSUPPORTED_TRANSPORT);
    }

    /** Who asks over TLS sends nothing in the open. */
    private boolean possible(TransportHeader.Kind kind, RtspConnection connection) {
        return switch (kind) {
            case TCP -> connection == home;
            case UDP -> !home.secure();
            default -> false;
        };
    }

    private RtspResponse overTcp(AnnouncedTrack track, TransportHeader offer) {
        int channel = home.channels().claim(session, offer.first(), 2 * track.index());
        if (channel < 0) {
            return RtspResponse.of(UNSUPPORTED_TRANSPORT);
        }
        byChannel[channel] = track.index();
        byChannel[channel + 1] = track.index();
        return accepted(
                track, offer, new Way.Tcp(channel), "RTP/AVP/TCP;unicast;interleaved=" + channel + "-" + (channel + 1));
    }

    /** The ports say which track a datagram is of, so no two tracks may have the same. */
    private RtspResponse overUdp(AnnouncedTrack track, TransportHeader offer) {
        if (offer.first() < 0) {
            return RtspResponse.of(BAD_REQUEST, "no client_port");
        }
        var host = home.remote().getAddress();
        var rtp = new InetSocketAddress(host, offer.first());
        var rtcp = new InetSocketAddress(host, offer.second());
        if (byAddress.containsKey(rtp) || byAddress.containsKey(rtcp) || !sessions.claim(rtp, rtcp, session)) {
            return RtspResponse.of(UNSUPPORTED_TRANSPORT);
        }
        byAddress.put(rtp, track.index());
        byAddress.put(rtcp, track.index());
        var ports = sessions.ports(session.loop());
        return accepted(
                track,
                offer,
                new Way.Udp(rtp, rtcp),
                "RTP/AVP;unicast;client_port=" + offer.first() + "-" + offer.second() + ";server_port="
                        + ports.rtpPort() + "-" + ports.rtcpPort());
    }

    private RtspResponse accepted(AnnouncedTrack track, TransportHeader offer, Way way, String chosen) {
        transport = offer.kind();
        ways.put(track.index(), way);
        return session.alive().header("Transport", chosen + ";mode=record");
    }

    /** Which track comes by one of the session's interleaved channels. */
    int track(int channel) {
        return byChannel[channel];
    }

    /** Which track comes from that address; -1 if none does. */
    int track(InetSocketAddress from) {
        return byAddress.getOrDefault(from, NONE);
    }

    /** Tells the publisher how what it sends arrives (RFC 3550, 6.4.2). */
    void report(Publisher sender) {
        if (!tcp() || home.frames().channel().isWritable()) { // who does not read reports would have them pile up
            ways.forEach((track, way) -> report(sender, track, way));
        }
    }

    private void report(Publisher sender, int track, Way way) {
        var packet = home.frames().alloc().directBuffer(REPORT_SIZE);
        if (way instanceof Way.Tcp tcp) {
            packet.writeByte('$').writeByte(tcp.channel() + 1).writeShort(0);
        }
        int start = packet.readableBytes();
        if (!sender.report(track, packet)) {
            packet.release();
        } else if (way instanceof Way.Udp udp) {
            sessions.ports(session.loop()).writeRtcp(new DatagramPacket(packet, udp.rtcp()));
        } else {
            packet.setShort(2, packet.readableBytes() - start);
            home.frames().writeAndFlush(packet);
        }
    }

    /** Gives channels and ports back. */
    void close() {
        List.copyOf(ways.keySet()).forEach(this::giveBack);
    }

    private void giveBack(int track) {
        var way = ways.remove(track);
        if (way instanceof Way.Tcp tcp) {
            home.channels().unclaim(session, tcp.channel());
        } else if (way instanceof Way.Udp udp) {
            unclaim(udp.rtp());
            unclaim(udp.rtcp());
        }
    }

    private void unclaim(InetSocketAddress address) {
        byAddress.remove(address);
        sessions.unclaim(address, session);
    }
}
