/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import static io.netty.handler.codec.rtsp.RtspResponseStatuses.AGGREGATE_OPERATION_NOT_ALLOWED;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.BAD_REQUEST;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.INTERNAL_SERVER_ERROR;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.INVALID_RANGE;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.METHOD_NOT_VALID;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.NOT_FOUND;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.NOT_IMPLEMENTED;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.ONLY_AGGREGATE_OPERATION_ALLOWED;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.OPTION_NOT_SUPPORTED;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.PARAMETER_NOT_UNDERSTOOD;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.RTSP_VERSION_NOT_SUPPORTED;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.SESSION_NOT_FOUND;

import io.levada.server.rtsp.auth.Permission;
import io.levada.server.rtsp.publish.Publications;
import io.levada.server.rtsp.stream.Mount;
import io.levada.server.rtsp.stream.Mounts;
import io.levada.server.rtsp.stream.TrackDescription;
import io.netty.handler.codec.rtsp.RtspVersions;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What requests mean (RFC 2326, 10): checks them and does them. Keeps no state of its own; used by all event loops. */
public final class Requests {

    private static final Logger LOG = LoggerFactory.getLogger(Requests.class);

    static final String CSEQ = "\\d{1,10}";

    static final String METHODS =
            "OPTIONS, DESCRIBE, ANNOUNCE, SETUP, PLAY, RECORD, PAUSE, TEARDOWN, GET_PARAMETER, SET_PARAMETER";
    static final int MOST_SESSIONS = 16;

    /** Each character is looked at once: it is read on an event loop. */
    private static final Pattern RANGE = Pattern.compile(
            "npt\\s*+=\\s*+(now|[\\d:.]*+)\\s*+-\\s*+[\\d:.]*+(;.*+)?|(clock|smpte[^\\s=]*+)\\s*+=.*+", Pattern.DOTALL);

    private final Mounts mounts;
    private final Sessions sessions;
    private final Gate gate;
    private final Descriptions descriptions;
    private final Publishing publishing;
    private final Tunnels tunnels = new Tunnels();

    /** @param describeMillis how long a DESCRIBE waits for a stream that is just starting */
    public Requests(Mounts mounts, Publications publications, Sessions sessions, Gate gate, long describeMillis) {
        this.mounts = mounts;
        this.sessions = sessions;
        this.gate = gate;
        this.publishing = new Publishing(publications, sessions, gate);
        this.descriptions = new Descriptions(mounts, describeMillis);
    }

    Tunnels tunnels() {
        return tunnels;
    }

    /** The request's sequence number; empty if it has none that can be echoed. */
    static String cseq(RtspRequest request) {
        var cseq = request.header("CSeq");
        return cseq.matches(CSEQ) ? cseq : "";
    }

    /**
     * Does a request; on the connection's event loop.
     *
     * @param answer called once, on any thread
     */
    void handle(RtspRequest request, RtspConnection connection, Consumer<RtspResponse> answer) {
        var refused = refused(request);
        if (refused.isPresent()) {
            answer.accept(refused.get());
            return;
        }
        RtspUrl url;
        try {
            url = RtspUrl.parse(request.uri());
        } catch (IllegalArgumentException e) {
            answer.accept(RtspResponse.of(BAD_REQUEST));
            return;
        }
        if (publishing.concerns(request, connection)) {
            publishing.handle(request, url, connection, answer);
            return;
        }
        switch (request.method()) {
            case "DESCRIBE", "SETUP" -> gate.admit(
                    request, url, readers(url), connection, answer, () -> admitted(request, url, connection, answer));
            default -> admitted(request, url, connection, answer);
        }
    }

    /** Who may read a stream. What does not exist is as well guarded as what says nothing of its own. */
    private Permission readers(RtspUrl url) {
        return mounts.find(url.path()).flatMap(Mount::readers).orElseGet(() -> gate.settings()
                .read());
    }

    private void admitted(RtspRequest request, RtspUrl url, RtspConnection connection, Consumer<RtspResponse> answer) {
        var id = request.session();
        if (id.isEmpty()) {
            withoutSession(request, url, connection, answer);
            return;
        }
        var session = sessions.find(id).filter(RtspSession.class::isInstance).map(RtspSession.class::cast);
        if (session.isEmpty()) {
            answer.accept(RtspResponse.of(SESSION_NOT_FOUND));
        } else if (session.get().loop().inEventLoop()) {
            inSession(request, url, session.get(), connection, answer);
        } else {
            session.get()
                    .loop()
                    .execute(() -> guarded(answer, () -> inSession(request, url, session.get(), connection, answer)));
        }
    }

    /** A fault in here must not leave the connection without an answer. */
    static void guarded(Consumer<RtspResponse> answer, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.warn("a request failed", e);
            answer.accept(RtspResponse.of(INTERNAL_SERVER_ERROR));
        }
    }

    private static Optional<RtspResponse> refused(RtspRequest request) {
        if (!request.version().equals(RtspVersions.RTSP_1_0.text())) {
            return Optional.of(RtspResponse.of(RTSP_VERSION_NOT_SUPPORTED));
        }
        if (cseq(request).isEmpty()) {
            return Optional.of(RtspResponse.of(BAD_REQUEST));
        }
        var required = request.header("Require");
        if (required.isEmpty()) {
            required = request.header("Proxy-Require");
        }
        if (!required.isEmpty()) {
            var told = required.chars().anyMatch(Character::isISOControl) ? "?" : required;
            return Optional.of(RtspResponse.of(OPTION_NOT_SUPPORTED).header("Unsupported", told));
        }
        return switch (request.method()) {
            case "OPTIONS",
                    "DESCRIBE",
                    "ANNOUNCE",
                    "SETUP",
                    "PLAY",
                    "RECORD",
                    "PAUSE",
                    "TEARDOWN",
                    "GET_PARAMETER",
                    "SET_PARAMETER" -> Optional.empty();
            default -> Optional.of(RtspResponse.of(NOT_IMPLEMENTED).header("Public", METHODS));
        };
    }

    private void withoutSession(
            RtspRequest request, RtspUrl url, RtspConnection connection, Consumer<RtspResponse> answer) {
        switch (request.method()) {
            case "OPTIONS" -> answer.accept(RtspResponse.ok().header("Public", METHODS));
            case "GET_PARAMETER", "SET_PARAMETER" -> answer.accept(parameters(request, RtspResponse.ok()));
            case "DESCRIBE" -> descriptions.describe(request, url, connection, answer);
            case "SETUP" -> setup(request, url, Optional.empty(), connection, answer);
            default -> answer.accept(RtspResponse.of(METHOD_NOT_VALID));
        }
    }

    /** On the session's event loop. */
    private void inSession(
            RtspRequest request,
            RtspUrl url,
            RtspSession session,
            RtspConnection connection,
            Consumer<RtspResponse> answer) {
        if (session.closed() || !session.allows(connection)) {
            answer.accept(RtspResponse.of(SESSION_NOT_FOUND));
            return;
        }
        session.used(connection);
        connection.use(session);
        switch (request.method()) {
            case "OPTIONS" -> answer.accept(session.alive().header("Public", METHODS));
            case "GET_PARAMETER", "SET_PARAMETER" -> answer.accept(parameters(request, session.alive()));
            case "DESCRIBE" -> descriptions.describe(request, url, connection, answer);
            case "SETUP" -> setup(request, url, Optional.of(session), connection, answer);
            case "TEARDOWN" -> {
                session.close();
                answer.accept(RtspResponse.ok());
            }
            default -> playOrPause(request, url, session, connection, answer);
        }
    }

    /** There are none; with an empty body it says that the client is alive. */
    static RtspResponse parameters(RtspRequest request, RtspResponse alive) {
        return request.body().isBlank() ? alive : RtspResponse.of(PARAMETER_NOT_UNDERSTOOD);
    }

    // -- SETUP

    private void setup(
            RtspRequest request,
            RtspUrl url,
            Optional<RtspSession> session,
            RtspConnection connection,
            Consumer<RtspResponse> answer) {
        List<TransportHeader> offers;
        try {
            offers = TransportHeader.parse(request.header("Transport"));
        } catch (IllegalArgumentException e) {
            answer.accept(RtspResponse.of(BAD_REQUEST));
            return;
        }
        if (session.isPresent() && !session.get().mount().path().equals(url.path())) {
            answer.accept(RtspResponse.of(AGGREGATE_OPERATION_NOT_ALLOWED));
            return;
        }
        if (session.isEmpty() && (connection.carries() || connection.sessions().size() >= MOST_SESSIONS)) {
            answer.accept(RtspResponse.of(METHOD_NOT_VALID));
            return;
        }
        descriptions.when(url, connection, answer, (mount, tracks) -> {
            var track = track(url, tracks);
            if (track.isEmpty()) {
                answer.accept(RtspResponse.of(url.track().isPresent() ? NOT_FOUND : AGGREGATE_OPERATION_NOT_ALLOWED));
            } else if (session.isPresent()) {
                answer.accept(
                        session.get().mount() == mount
                                ? session.get().setup(track.get(), offers, connection)
                                : RtspResponse.of(SESSION_NOT_FOUND)); // of a stream that has ended
            } else {
                answer.accept(newSession(mount, track.get(), offers, connection));
            }
        });
    }

    /** The track that the URL names; it need not name the only one. */
    private static Optional<TrackDescription> track(RtspUrl url, List<TrackDescription> tracks) {
        return url.track().isEmpty() && tracks.size() == 1
                ? Optional.of(tracks.get(0))
                : tracks.stream()
                        .filter(track -> url.track().isPresent()
                                && track.id() == url.track().getAsInt())
                        .findFirst();
    }

    private RtspResponse newSession(
            Mount mount, TrackDescription track, List<TransportHeader> offers, RtspConnection connection) {
        var session = sessions.create((id, number) -> new RtspSession(id, number, mount, connection, sessions));
        connection.use(session);
        var response = session.setup(track, offers, connection);
        if (session.size() == 0) {
            session.close();
        } else {
            mount.prepare();
        }
        return response;
    }

    // -- PLAY, PAUSE

    private static void playOrPause(
            RtspRequest request,
            RtspUrl url,
            RtspSession session,
            RtspConnection connection,
            Consumer<RtspResponse> answer) {
        var range = request.header("Range").toLowerCase(Locale.ROOT);
        if (!session.mount().path().equals(url.path())) {
            answer.accept(RtspResponse.of(NOT_FOUND));
        } else if (url.track().isPresent() && session.size() > 1) {
            answer.accept(RtspResponse.of(ONLY_AGGREGATE_OPERATION_ALLOWED));
        } else if (request.method().equals("PAUSE")) {
            answer.accept(session.pause());
        } else if (!range.isEmpty() && !RANGE.matcher(range).matches()) {
            answer.accept(RtspResponse.of(INVALID_RANGE));
        } else {
            session.play(Descriptions.base(url, connection), answer);
        }
    }
}
