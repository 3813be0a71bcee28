/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.auth;

import io.levada.api.user.Users;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Finds out who a client is. It may take half a second, for passwords are hashed at a cost: not for an event loop. */
public final class SignIn {

    /** What came of it. */
    public sealed interface Result {

        /** It is that user. */
        record Known(String user) implements Result {}

        /** It claims to be that user and is not. */
        record Wrong(String user) implements Result {}

        /** It proved nothing yet. */
        record Unknown() implements Result {}

        /** It knows the password, but its nonce is not good any more. */
        record Stale() implements Result {}
    }

    private static final String MD5 = "MD5";
    private static final String SHA_256 = "SHA-256";

    private final Users users;
    private final AccessSettings settings;

    public SignIn(Users users, AccessSettings settings) {
        this.users = users;
        this.settings = settings;
    }

    /** Who a header says that the client is; empty if it says nothing that can be understood. */
    public static String claimed(String header) {
        return Authorization.parse(header).map(Authorization::user).orElse("");
    }

    /**
     * @param header the request's Authorization
     * @param aimedAt whether the URI that a Digest answer was made for means the request's stream
     */
    public Result check(String header, String method, Nonce nonce, java.util.function.Predicate<String> aimedAt) {
        var authorization = Authorization.parse(header);
        if (authorization.isEmpty()) {
            return new Result.Unknown();
        }
        if (authorization.get() instanceof Authorization.Basic basic) {
            return settings.basic() ? basic(basic) : new Result.Unknown();
        }
        var digest = (Authorization.Digest) authorization.get();
        return settings.digest() ? digest(digest, method, nonce, aimedAt) : new Result.Unknown();
    }

    private Result basic(Authorization.Basic basic) {
        try {
            return users.authenticate(basic.user(), basic.password())
                    ? new Result.Known(basic.user())
                    : new Result.Wrong(basic.user());
        } finally {
            Arrays.fill(basic.password(), '\0');
        }
    }

    private Result digest(
            Authorization.Digest digest, String method, Nonce nonce, java.util.function.Predicate<String> aimedAt) {
        var name = digest.parameter("algorithm");
        var algorithm = name.isEmpty() ? MD5 : name.toUpperCase(java.util.Locale.ROOT);
        var secret = List.of(MD5, SHA_256).contains(algorithm)
                ? users.digestSecret(digest.user(), algorithm)
                : Optional.<String>empty();
        boolean right = digest.parameter("realm").equals(Users.REALM)
                && aimedAt.test(digest.parameter("uri"))
                && secret.isPresent()
                && DigestCheck.right(digest, algorithm, secret.get(), method);
        if (!right) {
            return new Result.Wrong(digest.user());
        }
        boolean current = digest.parameter("nonce").equals(nonce.value()) && !nonce.old(System.nanoTime());
        boolean replayed = current && !digest.parameter("qop").isEmpty() && !nonce.use(DigestCheck.count(digest));
        return current && !replayed ? new Result.Known(digest.user()) : new Result.Stale();
    }

    /**
     * The challenges, the best first (RFC 7616, 3.7). Of several Digests old clients take the last one, and that is the one
     * they can do.
     */
    public static List<String> challenges(AccessSettings settings, Nonce nonce, boolean stale) {
        var digest = "Digest realm=\"" + Users.REALM + "\", nonce=\"" + nonce.value() + "\", algorithm=%s, qop=\"auth\""
                + (stale ? ", stale=true" : "");
        var basic = "Basic realm=\"" + Users.REALM + "\"";
        var digests = List.of(digest.formatted(SHA_256), digest.formatted(MD5));
        if (!settings.digest()) {
            return List.of(basic);
        }
        return settings.basic() ? List.of(digests.get(0), digests.get(1), basic) : digests;
    }
}
