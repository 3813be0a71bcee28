/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import static io.netty.handler.codec.rtsp.RtspResponseStatuses.BAD_REQUEST;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.METHOD_NOT_VALID;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.UNSUPPORTED_TRANSPORT;

import io.levada.server.rtsp.publish.AnnouncedTrack;
import io.levada.server.rtsp.publish.Announcement;
import io.levada.server.rtsp.publish.Publication;
import io.levada.server.rtsp.publish.Publisher;
import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client that publishes a stream (RFC 2326, 10.3, 10.11): what it announced, how it travels, whether it is on. */
final class PublishSession extends Session {

    private static final Logger LOG = LoggerFactory.getLogger(PublishSession.class);

    /** Longer than an event loop needs to look at all of its sockets once more. */
    private static final int GRACE_MILLIS = 50;

    private static final int FIRST_REPORT_SECONDS = 1;
    private static final int REPORT_SECONDS = 5;
    private static final int REPORT_SIZE = 64;

    /** How a track travels: by its RTP channel over TCP, else from UDP ports of the client's. */
    private sealed interface Way {

        record Tcp(int channel) implements Way {}

        record Udp(InetSocketAddress rtp, InetSocketAddress rtcp) implements Way {}
    }

    private final Publication publication;
    private final Announcement announcement;
    private final Map<Integer, Way> ways = new TreeMap<>();
    private final Map<InetSocketAddress, Integer> byAddress = new HashMap<>();
    private final int[] byChannel = new int[256];
    private TransportHeader.Kind transport = TransportHeader.Kind.OTHER;
    private Optional<Publisher> publisher = Optional.empty();
    private Optional<Future<?>> reports = Optional.empty();
    private boolean recording;
    private boolean saidBye;
    private boolean ending;
    private boolean left;
    private String reason = "";

    /** Counted among those that publish from there, until it is closed. */
    PublishSession(
            String id,
            long number,
            Publication publication,
            Announcement announcement,
            RtspConnection home,
            Sessions sessions) {
        super(id, number, home, sessions);
        this.publication = publication;
        this.announcement = announcement;
    }

    Publication publication() {
        return publication;
    }

    Announcement announcement() {
        return announcement;
    }

    /** Whether it has begun to publish. */
    boolean begun() {
        return publisher.isPresent();
    }

    @Override
    boolean tcp() {
        return transport == TransportHeader.Kind.TCP;
    }

    // -- SETUP

    /** Sets a track up, or again, by the first of the transports that goes; all tracks travel the same way. */
    RtspResponse setUp(AnnouncedTrack track, List<TransportHeader> offers, RtspConnection connection) {
        if (begun()) {
            return RtspResponse.of(METHOD_NOT_VALID);
        }
        for (var offer : offers) {
            boolean alone = ways.isEmpty() || ways.size() == 1 && ways.containsKey(track.index());
            if (offer.mode() != TransportHeader.Mode.PLAY
                    && possible(offer.kind(), connection)
                    && (alone || offer.kind() == transport)) {
                giveBack(track);
                return offer.kind() == TransportHeader.Kind.TCP ? overTcp(track, offer) : overUdp(track, offer);
            }
        }
        return RtspResponse.of(UNSUPPORTED_TRANSPORT);
    }

    /** Who asks over TLS sends nothing in the open. */
    private boolean possible(TransportHeader.Kind kind, RtspConnection connection) {
        return switch (kind) {
            case TCP -> connection == home();
            case UDP -> !home().secure();
            default -> false;
        };
    }

    private RtspResponse overTcp(AnnouncedTrack track, TransportHeader offer) {
        int channel = home().claim(this, offer.first(), 2 * track.index());
        if (channel < 0) {
            return RtspResponse.of(UNSUPPORTED_TRANSPORT);
        }
        byChannel[channel] = track.index();
        byChannel[channel + 1] = track.index();
        return accepted(
                track, offer, new Way.Tcp(channel), "RTP/AVP/TCP;unicast;interleaved=" + channel + "-" + (channel + 1));
    }

    private RtspResponse overUdp(AnnouncedTrack track, TransportHeader offer) {
        if (offer.first() < 0) {
            return RtspResponse.of(BAD_REQUEST, "no client_port");
        }
        var host = home().remote().getAddress();
        var rtp = new InetSocketAddress(host, offer.first());
        var rtcp = new InetSocketAddress(host, offer.second());
        if (!sessions().claim(rtp, this)) {
            return RtspResponse.of(UNSUPPORTED_TRANSPORT);
        }
        if (!sessions().claim(rtcp, this)) {
            sessions().unclaim(rtp, this);
            return RtspResponse.of(UNSUPPORTED_TRANSPORT);
        }
        byAddress.put(rtp, track.index());
        byAddress.put(rtcp, track.index());
        var ports = sessions().ports(loop());
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
        return alive().header("Transport", chosen + ";mode=record");
    }

    private void giveBack(AnnouncedTrack track) {
        var way = ways.remove(track.index());
        if (way instanceof Way.Tcp tcp) {
            home().unclaim(this, tcp.channel());
        } else if (way instanceof Way.Udp udp) {
            unclaim(udp.rtp());
            unclaim(udp.rtcp());
        }
    }

    private void unclaim(InetSocketAddress address) {
        byAddress.remove(address);
        sessions().unclaim(address, this);
    }

    // -- RECORD and PAUSE

    RtspResponse record() {
        if (left) {
            return RtspResponse.of(METHOD_NOT_VALID, "it has said good-bye");
        }
        if (ways.size() < announcement.tracks().size()) {
            return RtspResponse.of(
                    METHOD_NOT_VALID,
                    "only " + ways.size() + " of " + announcement.tracks().size() + " announced tracks are set up");
        }
        if (!begun()) {
            var entering = new Publisher(client(), user(), tcp() ? "tcp" : "udp", announcement.tracks(), this::dismiss);
            if (!publication.enter(entering)) {
                return Publishing.taken(publication);
            }
            publisher = Optional.of(entering);
            LOG.info("{}: {} publishes over {}", publication.path(), client(), entering.transport());
            reports = Optional.of(
                    loop().scheduleAtFixedRate(this::report, FIRST_REPORT_SECONDS, REPORT_SECONDS, TimeUnit.SECONDS));
        }
        recording = true;
        return alive().header("Range", "npt=now-");
    }

    /** What comes is not taken until the next RECORD. */
    RtspResponse pause() {
        recording = false;
        return alive();
    }

    // -- what comes

    @Override
    void interleaved(int channel, ByteBuf packet) {
        received(byChannel[channel], packet);
    }

    @Override
    void datagram(InetSocketAddress from, ByteBuf packet) {
        if (loop().inEventLoop()) { // else it was sent to ports that are not the session's
            var track = byAddress.get(from);
            if (track != null) {
                received(track, packet);
            }
        }
    }

    private void received(int track, ByteBuf packet) {
        if (!recording || publisher.isEmpty()) {
            return;
        }
        if (publisher.get().received(track, packet)) {
            seen();
        }
        if (!saidBye && publisher.get().saidBye()) {
            saidBye = true;
            afterTheLast(() -> leave("said good-bye")); // it may have requests yet
        }
    }

    private void report() {
        publisher.ifPresent(sender -> ways.forEach((track, way) -> report(sender, track, way)));
    }

    private void report(Publisher sender, int track, Way way) {
        if (tcp() && !home().frames().channel().isWritable()) {
            return; // who does not read reports would have them pile up
        }
        var packet = home().frames().alloc().directBuffer(REPORT_SIZE);
        if (way instanceof Way.Tcp tcp) {
            packet.writeByte('$').writeByte(tcp.channel() + 1).writeShort(0);
        }
        int start = packet.readableBytes();
        if (!sender.report(track, packet)) {
            packet.release();
        } else if (way instanceof Way.Udp udp) {
            sessions().ports(loop()).writeRtcp(new DatagramPacket(packet, udp.rtcp()));
        } else {
            packet.setShort(2, packet.readableBytes() - start);
            home().frames().writeAndFlush(packet);
        }
    }

    // -- the end

    /** Whether its client has ended it; what it sent before may still come. */
    boolean ending() {
        return ending || closed();
    }

    void tearDown() {
        endAfterTheLast("ended its session");
    }

    @Override
    void lost(RtspConnection connection) {
        if (connection == home() && tcp() || orphan()) {
            endAfterTheLast("closed its connection");
        }
    }

    private void endAfterTheLast(String why) {
        if (!ending()) {
            ending = true;
            publisher.ifPresent(Publisher::parts);
            afterTheLast(() -> end(why));
        }
    }

    /** Datagrams that were sent before the end may be read after it: they come by another socket. */
    private void afterTheLast(Runnable end) {
        if (tcp()) {
            end.run();
        } else {
            loop().schedule(end, GRACE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    void check() {
        long timeout = sessions().timeoutSeconds();
        long most = recording ? Math.min(timeout, readTimeout()) : timeout;
        if (silent() >= most) {
            loop().execute(() -> expire(most));
        }
    }

    private long readTimeout() {
        return Math.max(1, TimeUnit.NANOSECONDS.toSeconds(publication.settings().readTimeout()));
    }

    private void expire(long most) {
        if (!closed() && silent() >= most) {
            dismissed("sent nothing for " + most + " s");
        }
    }

    /** Its stream is not wanted any more; any thread. */
    private void dismiss(String why) {
        loop().execute(() -> dismissed(why));
    }

    private void dismissed(String why) {
        if (!closed()) {
            var used = connections();
            end(why);
            used.forEach(connection -> connection.closeSoon(this));
        }
    }

    private void end(String why) {
        if (!closed()) {
            reason = why;
            close();
        }
    }

    @Override
    void release() {
        announcement.tracks().forEach(this::giveBack);
        sessions().publishing().leave(home().remote().getAddress());
        leave(reason);
    }

    /** Nothing more comes of it. */
    private void leave(String why) {
        recording = false;
        reports.ifPresent(future -> future.cancel(false));
        if (!left) {
            left = true;
            publisher.ifPresent(sender -> {
                LOG.info("{}: publisher {} {}", publication.path(), client(), why);
                publication.leave(sender, why);
            });
        }
    }
}
