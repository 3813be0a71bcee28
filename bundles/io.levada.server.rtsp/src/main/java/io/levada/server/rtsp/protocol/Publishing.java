/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import static io.netty.handler.codec.rtsp.RtspResponseStatuses.BAD_REQUEST;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.METHOD_NOT_VALID;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.NOT_FOUND;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.SERVICE_UNAVAILABLE;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.SESSION_NOT_FOUND;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.UNSUPPORTED_MEDIA_TYPE;

import io.levada.server.rtsp.auth.Permission;
import io.levada.server.rtsp.publish.Announcement;
import io.levada.server.rtsp.publish.Publication;
import io.levada.server.rtsp.publish.Publications;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * What requests of publishers mean: ANNOUNCE, and what follows it (RFC 2326, 10.3, 10.11). Who may publish is asked with ANNOUNCE;
 * what follows belongs to its session, whose id can't be guessed, or to the same connection. Keeps no state of its own.
 */
final class Publishing {

    private static final String SDP = "application/sdp";

    private final Publications publications;
    private final Sessions sessions;
    private final Gate gate;

    Publishing(Publications publications, Sessions sessions, Gate gate) {
        this.publications = publications;
        this.sessions = sessions;
        this.gate = gate;
    }

    /** Whether it is a publisher's request. */
    boolean concerns(RtspRequest request, RtspConnection connection) {
        return switch (request.method()) {
            case "ANNOUNCE", "RECORD" -> true;
            default -> session(request, connection).isPresent();
        };
    }

    /** The one that it names; some clients name none before they know one, and mean what they have just announced. */
    private Optional<PublishSession> session(RtspRequest request, RtspConnection connection) {
        var id = request.session();
        return id.isEmpty()
                ? request.method().equals("SETUP") || request.method().equals("RECORD")
                        ? announced(connection)
                        : Optional.empty()
                : sessions.find(id).filter(PublishSession.class::isInstance).map(PublishSession.class::cast);
    }

    private static Optional<PublishSession> announced(RtspConnection connection) {
        return connection.sessions().stream()
                .filter(PublishSession.class::isInstance)
                .map(PublishSession.class::cast)
                .filter(session -> !session.begun())
                .findFirst();
    }

    void handle(RtspRequest request, RtspUrl url, RtspConnection connection, Consumer<RtspResponse> answer) {
        if (request.method().equals("ANNOUNCE")) {
            var publication = publications.find(url.path());
            var publishers = publication.map(each -> each.settings().publish()).orElse(Permission.AUTO);
            gate.admit(
                    request,
                    url,
                    publishers,
                    connection,
                    answer,
                    () -> answer.accept(announce(request, publication, connection)));
            return;
        }
        var session = session(request, connection);
        if (session.isEmpty()) {
            answer.accept(RtspResponse.of(
                    request.session().isEmpty()
                                    || sessions.find(request.session()).isPresent()
                            ? METHOD_NOT_VALID
                            : SESSION_NOT_FOUND));
        } else if (session.get().loop().inEventLoop()) {
            answer.accept(inSession(request, url, session.get(), connection));
        } else {
            elsewhere(request, url, session.get(), connection, answer);
        }
    }

    private void elsewhere(
            RtspRequest request,
            RtspUrl url,
            PublishSession session,
            RtspConnection connection,
            Consumer<RtspResponse> answer) {
        try {
            session.loop()
                    .execute(() -> Requests.guarded(
                            answer, () -> answer.accept(inSession(request, url, session, connection))));
        } catch (RejectedExecutionException e) {
            answer.accept(RtspResponse.of(SESSION_NOT_FOUND)); // the server stops
        }
    }

    private RtspResponse announce(RtspRequest request, Optional<Publication> publication, RtspConnection connection) {
        if (publication.isEmpty()) {
            return RtspResponse.of(NOT_FOUND, "no pipeline takes what is published here");
        }
        var type = request.header("Content-Type")
                .toLowerCase(Locale.ROOT)
                .split(";")[0]
                .strip();
        if (type.isEmpty()) {
            return RtspResponse.of(BAD_REQUEST, "no Content-Type; it has to be " + SDP);
        }
        if (!type.equals(SDP)) {
            return RtspResponse.of(UNSUPPORTED_MEDIA_TYPE).header("Accept", SDP);
        }
        if (!request.session().isEmpty()
                && session(request, connection).map(PublishSession::begun).orElse(true)) {
            return RtspResponse.of(METHOD_NOT_VALID);
        }
        if (publication.get().taken()) {
            return taken(publication.get());
        }
        try {
            return announced(publication.get(), Announcement.parse(request.body()), connection);
        } catch (IllegalArgumentException e) {
            return RtspResponse.of(BAD_REQUEST, e.getMessage());
        }
    }

    private RtspResponse announced(Publication publication, Announcement announcement, RtspConnection connection) {
        announced(connection).ifPresent(Session::close); // it has thought better of it
        if (connection.carries() || connection.sessions().size() >= Requests.MOST_SESSIONS) {
            return RtspResponse.of(METHOD_NOT_VALID);
        }
        var address = connection.remote().getAddress();
        if (!sessions.publishing().enter(address)) {
            return RtspResponse.of(
                    SERVICE_UNAVAILABLE,
                    "this address has announced " + sessions.publishing().most() + " streams");
        }
        var session = sessions.create(
                (id, number) -> new PublishSession(id, number, publication, announcement, connection, sessions));
        connection.use(session);
        return session.alive();
    }

    static RtspResponse taken(Publication publication) {
        return RtspResponse.of(
                METHOD_NOT_VALID,
                publication.current().isPresent()
                        ? publication.path() + " has a publisher already"
                        : publication.path() + " takes none any more");
    }

    /** On the session's event loop. */
    private RtspResponse inSession(
            RtspRequest request, RtspUrl url, PublishSession session, RtspConnection connection) {
        if (session.ending() || !session.allows(connection)) {
            return RtspResponse.of(SESSION_NOT_FOUND);
        }
        session.used(connection);
        connection.use(session);
        return switch (request.method()) {
            case "OPTIONS" -> session.alive().header("Public", Requests.METHODS);
            case "GET_PARAMETER", "SET_PARAMETER" -> Requests.parameters(request, session.alive());
            case "SETUP" -> setUp(request, url, session, connection);
            case "RECORD" -> session.record();
            case "PAUSE" -> session.pause();
            case "TEARDOWN" -> {
                session.tearDown();
                yield RtspResponse.ok();
            }
            default -> RtspResponse.of(METHOD_NOT_VALID);
        };
    }

    private static RtspResponse setUp(
            RtspRequest request, RtspUrl url, PublishSession session, RtspConnection connection) {
        var path = session.publication().path();
        var track = session.announcement().track(request.uri());
        if (track.isEmpty() || !(url.path() + "/").startsWith(path + "/")) {
            return RtspResponse.of(NOT_FOUND, "no such track was announced");
        }
        try {
            return session.setUp(track.get(), TransportHeader.parse(request.header("Transport")), connection);
        } catch (IllegalArgumentException e) {
            return RtspResponse.of(BAD_REQUEST);
        }
    }
}
