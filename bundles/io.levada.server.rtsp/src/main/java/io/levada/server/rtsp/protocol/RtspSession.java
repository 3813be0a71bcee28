/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import static io.netty.handler.codec.rtsp.RtspResponseStatuses.METHOD_NOT_VALID;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.NOT_FOUND;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.SESSION_NOT_FOUND;

import io.levada.api.server.ReaderState;
import io.levada.server.rtsp.stream.Mount;
import io.levada.server.rtsp.stream.Reader;
import io.levada.server.rtsp.stream.RtpBatch;
import io.levada.server.rtsp.stream.Sent;
import io.levada.server.rtsp.stream.TcpReader;
import io.levada.server.rtsp.stream.TrackDescription;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client's use of one stream: which tracks, how they travel, whether it plays. */
final class RtspSession extends Session {

    private static final Logger LOG = LoggerFactory.getLogger(RtspSession.class);

    /** A UDP session lives so long without a connection and without RTCP. */
    private static final long ORPHAN_SECONDS = 12;

    /** Time for a BYE to arrive before the connection closes. */
    private static final long BYE_SECONDS = 1;

    private final Mount mount;
    private final SessionTracks tracks;
    private final ReceiverReports reports;

    private volatile Reader reader;
    private volatile Sent sentBefore = Sent.NOTHING;
    private Answer pending;
    private volatile boolean inGroup;
    private long sentIndex = -1;

    /**
     * @param id what the client names it by; a secret, for who knows it need not sign in
     * @param number what it is listed by
     */
    RtspSession(String id, long number, Mount mount, RtspConnection home, Sessions sessions) {
        super(id, number, home, sessions);
        this.mount = mount;
        this.tracks = new SessionTracks(this, home, sessions);
        this.reports = new ReceiverReports(() -> mount.description().tracks().orElse(List.of()));
    }

    Mount mount() {
        return mount;
    }

    @Override
    boolean tcp() {
        return tracks.tcp();
    }

    int size() {
        return tracks.size();
    }

    /**
     * Sets a track up.
     *
     * @param connection where it was asked for; over TCP it is the one that packets travel on
     */
    RtspResponse setup(TrackDescription track, List<TransportHeader> offers, RtspConnection connection) {
        if (plays()) {
            return RtspResponse.of(METHOD_NOT_VALID);
        }
        var possible = offers.stream()
                .filter(offer -> offer.mode() != TransportHeader.Mode.RECORD)
                .filter(offer -> connection == home() || offer.kind() != TransportHeader.Kind.TCP)
                .toList();
        return tracks.setUp(track, possible);
    }

    // -- PLAY and PAUSE

    /**
     * @param base the stream's URL, for RTP-Info
     * @param answer called once, before anything is sent
     */
    void play(String base, Consumer<RtspResponse> answer) {
        if (plays()) {
            answer.accept(playing(base, List.of())); // goes on as it does
            return;
        }
        if (mount.closed()) {
            answer.accept(RtspResponse.of(NOT_FOUND));
            return;
        }
        pending = new Answer(base, answer);
        if (tracks.group().isPresent()) {
            inGroup = true;
            tracks.group().get().play(pending.member);
            return;
        }
        reader = tracks.reader(mount, sentIndex, pending);
        mount.join(reader);
    }

    private boolean plays() {
        return reader != null || inGroup;
    }

    /** The answer to a PLAY, which waits until the stream has something to begin with. */
    private final class Answer implements Reader.Owner {

        private final String base;
        private final Consumer<RtspResponse> answer;
        private boolean given;

        /** The same for a group, which is at home on another loop. */
        private final Reader.Owner member = new Reader.Owner() {
            @Override
            public void playing(Collection<RtpBatch> first) {
                loop().execute(() -> Answer.this.playing(first));
            }

            @Override
            public void ended(String reason) {
                loop().execute(() -> Answer.this.ended(reason));
            }
        };

        Answer(String base, Consumer<RtspResponse> answer) {
            this.base = base;
            this.answer = answer;
        }

        private void give(RtspResponse response) {
            if (!given) {
                given = true;
                answer.accept(response);
            }
        }

        @Override
        public void playing(Collection<RtpBatch> first) {
            give(RtspSession.this.playing(base, first));
        }

        @Override
        public void ended(String reason) {
            give(RtspResponse.of(NOT_FOUND));
            if (plays() && pending == this) {
                RtspSession.this.ended(reason);
            }
        }

        void abandon() {
            give(RtspResponse.of(SESSION_NOT_FOUND));
        }
    }

    private RtspResponse playing(String base, Collection<RtpBatch> first) {
        var response = alive().header("Range", "npt=now-");
        if (!first.isEmpty()) {
            response.header(
                    "RTP-Info",
                    first.stream()
                            .map(batch -> "url=" + base + Sdp.CONTROL + batch.track() + ";seq=" + batch.sequence()
                                    + ";rtptime=" + Integer.toUnsignedLong(batch.timestamp()))
                            .collect(Collectors.joining(",")));
        }
        return response;
    }

    RtspResponse pause() {
        if (reader != null) {
            sentIndex = reader.sentIndex();
            sentBefore = sentBefore.plus(reader.sent());
            reader.close();
            reader = null;
            pending.abandon();
        }
        if (inGroup) {
            inGroup = false;
            tracks.group().orElseThrow().pause(pending.member);
            pending.abandon();
        }
        return alive();
    }

    // -- what comes from the client between requests

    @Override
    void interleaved(int channel, ByteBuf packet) {
        rtcp(packet);
    }

    @Override
    void datagram(InetSocketAddress from, ByteBuf packet) {
        rtcp(packet);
    }

    private void rtcp(ByteBuf packet) {
        if (reports.read(packet)) {
            seen();
        }
    }

    @Override
    void writable() {
        if (reader instanceof TcpReader reading) {
            reading.drained();
        }
    }

    // -- the end

    @Override
    void lost(RtspConnection connection) {
        if (connection == home() && (tcp() || !plays())) {
            close();
        }
    }

    @Override
    void check() {
        long seconds = silent();
        if (seconds >= Math.min(ORPHAN_SECONDS, sessions().timeoutSeconds())) {
            loop().execute(() -> expire(seconds));
        }
    }

    private void expire(long seconds) {
        boolean carried = tcp() && reader != null; // what TCP carries is alive while it drains
        if (!closed() && !carried && (orphan() || seconds >= sessions().timeoutSeconds())) {
            LOG.info("{}: session of {} timed out", mount.path(), home().remote());
            sessions().ending(this, "gave no sign of life for " + seconds + " s");
            close();
        }
    }

    private void ended(String reason) {
        LOG.info("{}: reader {} ended: {}", mount.path(), home().remote(), reason);
        sessions().ending(this, reason);
        boolean wasTcp = tcp();
        var used = connections();
        close();
        for (var connection : used) {
            if (wasTcp) {
                connection.closeSoon(this);
            } else {
                loop().schedule(() -> connection.closeSoon(this), BYE_SECONDS, TimeUnit.SECONDS);
            }
        }
    }

    @Override
    void release() {
        pause();
        tracks.close();
    }

    // -- any thread

    ReaderInfo info() {
        var reading = Optional.ofNullable(reader);
        return new ReaderInfo(
                "rtsp-" + number(),
                home().secure() ? "rtsps" : "rtsp",
                tracks.transport(),
                mount.pipeline(),
                mount.stage(),
                mount.path(),
                user(),
                home().remote(),
                reading.map(RtspSession::state).orElse(inGroup ? ReaderState.PLAYING : ReaderState.PAUSED),
                since(),
                sentBefore.plus(reading.map(Reader::sent).orElseGet(this::sentToGroup)),
                reading.map(Reader::queued).orElse(0),
                reading.map(Reader::queuedBytes).orElse(0L),
                reports.reception());
    }

    private Sent sentToGroup() {
        return inGroup ? tracks.group().map(MulticastGroup::sent).orElse(Sent.NOTHING) : Sent.NOTHING;
    }

    private static ReaderState state(Reader reading) {
        if (!reading.started()) {
            return ReaderState.WAITING;
        }
        return reading.skipping() ? ReaderState.SKIPPING : ReaderState.PLAYING;
    }
}
