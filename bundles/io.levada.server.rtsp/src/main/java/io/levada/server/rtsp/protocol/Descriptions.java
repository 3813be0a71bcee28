/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import static io.netty.handler.codec.rtsp.RtspResponseStatuses.NOT_ACCEPTABLE;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.NOT_FOUND;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.SERVICE_UNAVAILABLE;

import io.levada.server.rtsp.stream.Mount;
import io.levada.server.rtsp.stream.Mounts;
import io.levada.server.rtsp.stream.TrackDescription;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** DESCRIBE (RFC 2326, 10.2), and waiting for a stream that is just starting to know its tracks. */
final class Descriptions {

    private static final List<String> SDP = List.of("application/sdp", "application/*", "*/*");

    private final Mounts mounts;
    private final long describeMillis;

    /** @param describeMillis how long a stream that is just starting is waited for */
    Descriptions(Mounts mounts, long describeMillis) {
        this.mounts = mounts;
        this.describeMillis = describeMillis;
    }

    void describe(RtspRequest request, RtspUrl url, RtspConnection connection, Consumer<RtspResponse> answer) {
        var accept = request.header("Accept").toLowerCase(Locale.ROOT);
        if (!accept.isEmpty() && SDP.stream().noneMatch(accept::contains)) {
            answer.accept(RtspResponse.of(NOT_ACCEPTABLE));
            return;
        }
        when(url, connection, answer, (mount, tracks) -> {
            long id = Integer.toUnsignedLong(tracks.hashCode());
            var sdp = Sdp.of(mount.path(), id, connection.local().getAddress(), tracks);
            answer.accept(RtspResponse.ok()
                    .header("Content-Base", base(url, connection))
                    .body("application/sdp", sdp));
        });
    }

    /** What is done when the stream's tracks are known. */
    interface Described {
        void with(Mount mount, List<TrackDescription> tracks);
    }

    /** Does something with a stream's tracks as soon as they are known, or refuses; blocks nobody meanwhile. */
    void when(RtspUrl url, RtspConnection connection, Consumer<RtspResponse> answer, Described action) {
        var mount = mounts.find(url.path());
        if (mount.isEmpty()) {
            answer.accept(RtspResponse.of(NOT_FOUND));
            return;
        }
        mount.get().expect(); // it may be asleep
        var description = mount.get().description();
        Runnable act = () -> Requests.guarded(answer, () -> described(mount.get(), answer, action));
        if (description.tracks().isPresent()) {
            act.run();
            return;
        }
        Runnable known = () -> onLoop(connection, act);
        connection
                .loop()
                .schedule(
                        () -> {
                            if (description.forget(known)) {
                                act.run();
                            }
                        },
                        describeMillis,
                        TimeUnit.MILLISECONDS);
        description.await(known);
    }

    private static void onLoop(RtspConnection connection, Runnable action) {
        try {
            connection.loop().execute(action);
        } catch (RejectedExecutionException e) {
            // the server has stopped, and with it the connection
        }
    }

    private static void described(Mount mount, Consumer<RtspResponse> answer, Described action) {
        if (mount.closed()) {
            answer.accept(RtspResponse.of(NOT_FOUND));
        } else {
            mount.description()
                    .tracks()
                    .ifPresentOrElse(
                            tracks -> action.with(mount, tracks),
                            () -> answer.accept(RtspResponse.of(SERVICE_UNAVAILABLE)));
        }
    }

    /** The stream's URL with a slash at its end, so that control names go behind it. */
    static String base(RtspUrl url, RtspConnection connection) {
        var local = connection.local();
        var authority = url.authority();
        if (authority.isEmpty()) {
            var host = local.getAddress().getHostAddress();
            authority = (host.contains(":") ? "[" + host + "]" : host) + ":" + local.getPort();
        }
        return (connection.secure() ? "rtsps://" : "rtsp://") + authority
                + (url.path().equals("/") ? "" : url.path()) + "/";
    }
}
