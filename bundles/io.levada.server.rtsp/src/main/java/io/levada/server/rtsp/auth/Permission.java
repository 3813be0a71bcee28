/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.auth;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Who may read a stream, or publish it.
 *
 * @param kind in general
 * @param names who, if only some may
 */
public record Permission(Kind kind, Set<String> names) {

    /** In general. */
    public enum Kind {
        /** Everybody on this machine; from elsewhere the node's users. */
        AUTO,
        ANYONE,
        USERS,
        NAMED,
        NOBODY
    }

    /** What holds where nothing is set. */
    public static final Permission AUTO = new Permission(Kind.AUTO, Set.of());

    private static final Predicate<String> NAME =
            Pattern.compile("[a-zA-Z][a-zA-Z0-9._-]{0,63}").asMatchPredicate();

    /**
     * Reads {@code auto}, {@code anyone}, {@code users}, {@code nobody}, or names with commas between them.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static Permission parse(String text) {
        return switch (text.strip()) {
            case "auto" -> AUTO;
            case "anyone" -> new Permission(Kind.ANYONE, Set.of());
            case "users" -> new Permission(Kind.USERS, Set.of());
            case "nobody" -> new Permission(Kind.NOBODY, Set.of());
            default -> named(text);
        };
    }

    private static Permission named(String text) {
        var names = Arrays.stream(text.split(",")).map(String::strip).collect(Collectors.toUnmodifiableSet());
        if (!names.stream().allMatch(NAME)) {
            throw new IllegalArgumentException("'" + text
                    + "' is neither auto, anyone, users, nobody nor names of users with commas between them");
        }
        return new Permission(Kind.NAMED, names);
    }

    /** Whether somebody there need not sign in. */
    public boolean open(InetAddress client) {
        return kind == Kind.ANYONE || kind == Kind.AUTO && client.isLoopbackAddress();
    }

    /** Whether that user may, once signed in. */
    public boolean permits(String user) {
        return switch (kind) {
            case AUTO, ANYONE, USERS -> true;
            case NAMED -> names.contains(user);
            case NOBODY -> false;
        };
    }
}
