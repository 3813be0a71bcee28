/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import static io.netty.handler.codec.rtsp.RtspResponseStatuses.METHOD_NOT_VALID;

import io.levada.server.rtsp.publish.AnnouncedTrack;
import io.levada.server.rtsp.publish.Announcement;
import io.levada.server.rtsp.publish.Publication;
import io.levada.server.rtsp.publish.Publisher;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
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

    private final Publication publication;
    private final Announcement announcement;
    private final PublishTracks tracks;
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
        this.tracks = new PublishTracks(this, home, sessions);
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
        return tracks.tcp();
    }

    // -- SETUP

    /** @param connection where it was asked for */
    RtspResponse setUp(AnnouncedTrack track, List<TransportHeader> offers, RtspConnection connection) {
        return begun() ? RtspResponse.of(METHOD_NOT_VALID) : tracks.setUp(track, offers, connection);
    }

    // -- RECORD and PAUSE

    RtspResponse record() {
        if (left) {
            return RtspResponse.of(METHOD_NOT_VALID, "it has said good-bye");
        }
        if (tracks.size() < announcement.tracks().size()) {
            return RtspResponse.of(
                    METHOD_NOT_VALID,
                    "only " + tracks.size() + " of " + announcement.tracks().size() + " announced tracks are set up");
        }
        if (!begun()) {
            var entering = new Publisher(client(), user(), tcp() ? "tcp" : "udp", announcement.tracks(), this::dismiss);
            if (!publication.enter(entering)) {
                return Publishing.taken(publication);
            }
            publisher = Optional.of(entering);
            LOG.info("{}: {} publishes over {}", publication.path(), client(), entering.transport());
            reports = Optional.of(loop().scheduleAtFixedRate(
                            () -> tracks.report(entering), FIRST_REPORT_SECONDS, REPORT_SECONDS, TimeUnit.SECONDS));
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
        received(tracks.track(channel), packet);
    }

    @Override
    void datagram(InetSocketAddress from, ByteBuf packet) {
        if (loop().inEventLoop()) { // else it was sent to ports that are not the session's
            int track = tracks.track(from);
            if (track >= 0) {
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
        tracks.close();
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
