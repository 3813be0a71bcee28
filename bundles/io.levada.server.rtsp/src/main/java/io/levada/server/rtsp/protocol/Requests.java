/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import static io.netty.handler.codec.rtsp.RtspResponseStatuses.AGGREGATE_OPERATION_NOT_ALLOWED;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.BAD_REQUEST;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.INTERNAL_SERVER_ERROR;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.INVALID_RANGE;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.METHOD_NOT_ALLOWED;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.METHOD_NOT_VALID;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.NOT_ACCEPTABLE;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.NOT_FOUND;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.NOT_IMPLEMENTED;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.ONLY_AGGREGATE_OPERATION_ALLOWED;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.OPTION_NOT_SUPPORTED;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.PARAMETER_NOT_UNDERSTOOD;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.RTSP_VERSION_NOT_SUPPORTED;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.SERVICE_UNAVAILABLE;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.SESSION_NOT_FOUND;

import io.levada.server.rtsp.stream.Mount;
import io.levada.server.rtsp.stream.Mounts;
import io.levada.server.rtsp.stream.TrackDescription;
import io.netty.handler.codec.rtsp.RtspVersions;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What requests mean (RFC 2326, 10): checks them and does them. Keeps no state of its own; used by all event loops. */
public final class Requests {

    private static final Logger LOG = LoggerFactory.getLogger(Requests.class);

    static final String CSEQ = "\\d{1,10}";

    private static final String METHODS =
            "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN, GET_PARAMETER, SET_PARAMETER";
    private static final int MOST_SESSIONS = 16;
    private static final Pattern ACCEPTS_SDP = Pattern.compile("(?i).*(application/sdp|application/\\*|\\*/\\*).*");
    private static final Pattern RANGE =
            Pattern.compile("(?i)(npt\\s*=\\s*(now|[\\d:.]*)\\s*-\\s*[\\d:.]*|(clock|smpte\\S*)\\s*=.*)(;.*)?");

    private final Mounts mounts;
    private final Sessions sessions;
    private final long describeMillis;

    /** @param describeMillis how long a DESCRIBE waits for a stream that is just starting */
    public Requests(Mounts mounts, Sessions sessions, long describeMillis) {
        this.mounts = mounts;
        this.sessions = sessions;
        this.describeMillis = describeMillis;
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
        var id = request.session();
        if (id.isEmpty()) {
            withoutSession(request, url, connection, answer);
            return;
        }
        var session = sessions.find(id);
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
            return Optional.of(RtspResponse.of(OPTION_NOT_SUPPORTED).header("Unsupported", required));
        }
        return switch (request.method()) {
            case "OPTIONS",
                    "DESCRIBE",
                    "SETUP",
                    "PLAY",
                    "PAUSE",
                    "TEARDOWN",
                    "GET_PARAMETER",
                    "SET_PARAMETER" -> Optional.empty();
            case "ANNOUNCE", "RECORD" -> Optional.of(
                    RtspResponse.of(METHOD_NOT_ALLOWED).header("Allow", METHODS));
            default -> Optional.of(RtspResponse.of(NOT_IMPLEMENTED).header("Public", METHODS));
        };
    }

    private void withoutSession(
            RtspRequest request, RtspUrl url, RtspConnection connection, Consumer<RtspResponse> answer) {
        switch (request.method()) {
            case "OPTIONS" -> answer.accept(RtspResponse.ok().header("Public", METHODS));
            case "GET_PARAMETER", "SET_PARAMETER" -> answer.accept(parameters(request, RtspResponse.ok()));
            case "DESCRIBE" -> describe(request, url, connection, answer);
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
            case "DESCRIBE" -> describe(request, url, connection, answer);
            case "SETUP" -> setup(request, url, Optional.of(session), connection, answer);
            case "TEARDOWN" -> {
                session.close();
                answer.accept(RtspResponse.ok());
            }
            default -> playOrPause(request, url, session, connection, answer);
        }
    }

    /** There are none; with an empty body it says that the client is alive. */
    private static RtspResponse parameters(RtspRequest request, RtspResponse alive) {
        return request.body().isBlank() ? alive : RtspResponse.of(PARAMETER_NOT_UNDERSTOOD);
    }

    // -- DESCRIBE

    private void describe(RtspRequest request, RtspUrl url, RtspConnection connection, Consumer<RtspResponse> answer) {
        var accept = request.header("Accept");
        if (!accept.isEmpty() && !ACCEPTS_SDP.matcher(accept).matches()) {
            answer.accept(RtspResponse.of(NOT_ACCEPTABLE));
            return;
        }
        whenDescribed(url, connection, answer, (mount, tracks) -> {
            long id = Integer.toUnsignedLong(tracks.hashCode());
            var sdp = Sdp.of(mount.path(), id, connection.local().getAddress(), tracks);
            answer.accept(RtspResponse.ok()
                    .header("Content-Base", base(url, connection))
                    .body("application/sdp", sdp));
        });
    }

    /** What is done when the stream's tracks are known. */
    private interface Described {
        void with(Mount mount, List<TrackDescription> tracks);
    }

    /** Blocks nobody while the stream is starting. */
    private void whenDescribed(
            RtspUrl url, RtspConnection connection, Consumer<RtspResponse> answer, Described action) {
        var mount = mounts.find(url.path());
        if (mount.isEmpty()) {
            answer.accept(RtspResponse.of(NOT_FOUND));
            return;
        }
        var description = mount.get().description();
        if (description.isDone()) {
            described(mount.get(), description, answer, action);
            return;
        }
        var waiting = description.copy();
        var timer = connection.loop().schedule(() -> waiting.cancel(false), describeMillis, TimeUnit.MILLISECONDS);
        waiting.whenCompleteAsync(
                (tracks, error) -> {
                    timer.cancel(false);
                    guarded(answer, () -> described(mount.get(), description, answer, action));
                },
                connection.loop());
    }

    private static void described(
            Mount mount,
            CompletableFuture<List<TrackDescription>> description,
            Consumer<RtspResponse> answer,
            Described action) {
        if (mount.closed()) {
            answer.accept(RtspResponse.of(NOT_FOUND));
        } else if (!description.isDone() || description.isCompletedExceptionally()) {
            answer.accept(RtspResponse.of(SERVICE_UNAVAILABLE));
        } else {
            action.with(mount, description.join());
        }
    }

    /** The stream's URL with a slash at its end, so that control names go behind it. */
    private static String base(RtspUrl url, RtspConnection connection) {
        var local = connection.local();
        var authority = url.authority();
        if (authority.isEmpty()) {
            var host = local.getAddress().getHostAddress();
            authority = (host.contains(":") ? "[" + host + "]" : host) + ":" + local.getPort();
        }
        return "rtsp://" + authority + (url.path().equals("/") ? "" : url.path()) + "/";
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
        whenDescribed(url, connection, answer, (mount, tracks) -> {
            var track = track(url, tracks);
            if (track.isEmpty()) {
                answer.accept(RtspResponse.of(url.track().isPresent() ? NOT_FOUND : AGGREGATE_OPERATION_NOT_ALLOWED));
            } else if (session.isPresent()) {
                answer.accept(
                        session.get().mount() == mount
                                ? session.get().setup(track.get(), offers)
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
        var session = sessions.create(mount, connection);
        connection.use(session);
        var response = session.setup(track, offers);
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
            session.play(base(url, connection), answer);
        }
    }
}
