/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import static io.netty.handler.codec.rtsp.RtspResponseStatuses.FORBIDDEN;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.SERVICE_UNAVAILABLE;
import static io.netty.handler.codec.rtsp.RtspResponseStatuses.UNAUTHORIZED;

import io.levada.api.user.Users;
import io.levada.server.rtsp.auth.AccessSettings;
import io.levada.server.rtsp.auth.Brake;
import io.levada.server.rtsp.auth.Permission;
import io.levada.server.rtsp.auth.SignIn;
import io.levada.server.rtsp.auth.SignIn.Result;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a request pass or asks who the client is. Passwords are checked on a thread of its own, one after the other, for the
 * hash is costly by intent. Who came in once needs no password for what its session asks: the id can't be guessed. Thread-safe.
 */
public final class Gate implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Gate.class);

    private static final int MOST_WAITING = 256;
    private static final int IDLE_SECONDS = 10;
    private static final int LONGEST_NAME = 64;

    /** How long who guesses waits for each answer. */
    private static final long HOLD_MILLIS = 1000;

    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            new DefaultThreadFactory("levada-rtsp-sign-in", true));
    private final Brake brake = new Brake();
    private volatile AccessSettings settings;
    private volatile boolean configured;
    private volatile Optional<Users> users = Optional.empty();

    /** @param settings what holds until others are set */
    public Gate(AccessSettings settings) {
        this.settings = settings;
        thread.allowCoreThreadTimeOut(true);
    }

    /** From now on these hold. */
    public void settings(AccessSettings changed) {
        settings = changed;
        configured = true;
        users.ifPresent(this::keepDigestSecrets);
    }

    /** Who knows passwords; empty while nobody does. */
    public void users(Optional<Users> known) {
        users = known;
        known.ifPresent(this::keepDigestSecrets);
    }

    /** Not before the configuration could be read: a slip in it must not forget the secrets. */
    private void keepDigestSecrets(Users known) {
        if (!configured) {
            return;
        }
        try {
            known.keepDigestSecrets(settings.digest());
        } catch (RuntimeException e) {
            LOG.error("nobody can sign in by Digest: {}", e.getMessage());
        }
    }

    /** Whether connections from there are taken. */
    public boolean admits(InetSocketAddress client) {
        return settings.admits(client);
    }

    AccessSettings settings() {
        return settings;
    }

    /**
     * Lets a request pass, or refuses it.
     *
     * @param permission who may
     * @param pass called on the connection's loop
     */
    void admit(
            RtspRequest request,
            RtspUrl url,
            Permission permission,
            RtspConnection connection,
            Consumer<RtspResponse> answer,
            Runnable pass) {
        var header = request.header("Authorization");
        var address = connection.remote().getAddress();
        if (permission.open(address)) {
            connection.user("");
            pass.run();
        } else if (header.isEmpty()) {
            answer.accept(challenge(connection, false));
        } else if (brake.holds(address, SignIn.claimed(header), System.nanoTime())) {
            var refusal = challenge(connection, false);
            connection.loop().schedule(() -> answer.accept(refusal), HOLD_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            try {
                thread.execute(() -> Requests.guarded(
                        answer, () -> signIn(header, request, url, permission, connection, answer, pass)));
            } catch (RejectedExecutionException e) {
                answer.accept(RtspResponse.of(SERVICE_UNAVAILABLE));
            }
        }
    }

    private void signIn(
            String header,
            RtspRequest request,
            RtspUrl url,
            Permission permission,
            RtspConnection connection,
            Consumer<RtspResponse> answer,
            Runnable pass) {
        var result = users.map(known -> new SignIn(known, settings)
                        .check(header, request.method(), connection.nonce(), uri -> sameStream(uri, url)))
                .orElseGet(Result.Unknown::new);
        var address = connection.remote().getAddress();
        if (result instanceof Result.Known known) {
            brake.succeeded(address, known.user());
            if (permission.permits(known.user())) {
                connection.loop().execute(() -> {
                    connection.user(known.user());
                    Requests.guarded(answer, pass);
                });
            } else {
                answer.accept(RtspResponse.of(FORBIDDEN));
            }
            return;
        }
        if (result instanceof Result.Wrong wrong) {
            int failures = brake.failed(address, wrong.user(), System.nanoTime());
            if (Integer.bitCount(failures) == 1) { // the 1st, 2nd, 4th ...: who guesses shall not flood the log
                LOG.warn(
                        "{}: failed to sign in as {} for {} ({} times by now)",
                        address.getHostAddress(),
                        printable(wrong.user()),
                        printable(url.path()),
                        failures);
            }
        }
        answer.accept(challenge(connection, result instanceof Result.Stale));
    }

    /** Clients sign for the stream's URL or for a track's, as they like. */
    private static boolean sameStream(String uri, RtspUrl url) {
        try {
            return RtspUrl.parse(uri).path().equals(url.path());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private RtspResponse challenge(RtspConnection connection, boolean stale) {
        var response = RtspResponse.of(UNAUTHORIZED);
        SignIn.challenges(settings, connection.renewedNonce(stale), stale)
                .forEach(challenge -> response.header("WWW-Authenticate", challenge));
        return response;
    }

    /** It comes from outside: it could hold what looks like lines of the log, and be of any length. */
    private static String printable(String text) {
        var line = text.replaceAll("[^\\p{Graph}]", "?");
        return line.length() > LONGEST_NAME ? line.substring(0, LONGEST_NAME) : line;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
