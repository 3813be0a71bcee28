/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import io.levada.api.stage.Quantity;
import io.levada.api.stage.StageException;
import io.levada.server.rtsp.auth.AccessSettings;
import io.levada.server.rtsp.auth.Networks;
import io.levada.server.rtsp.auth.Permission;
import io.levada.server.rtsp.protocol.MulticastSettings;
import io.netty.util.internal.PlatformDependent;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads the listener's configuration. What is wrong is told with the file and the key. */
final class ListenerProperties {

    private static final String AUTO = "auto";
    private static final Pattern NOT_OURS = Pattern.compile("(service|component|felix|osgi)\\..*|\\..*|objectClass");

    /** What a listener takes while it listens. */
    private static final Set<String> TAKEN_AT_ONCE = Set.of("host", "port", "read", "authentication", "allow", "deny");

    private final Map<String, ?> properties;
    private final String file;
    private final Map<String, String> defaults = new TreeMap<>();

    /** @param file where they stand, for messages */
    ListenerProperties(Map<String, ?> properties, String file) {
        this.properties = properties;
        this.file = file;
        for (var method : ListenerConfig.class.getDeclaredMethods()) {
            defaults.put(method.getName().replace("$_$", "-"), String.valueOf(method.getDefaultValue()));
        }
    }

    /** What holds where nothing is set. */
    static ListenerSettings defaults() {
        try {
            return new ListenerProperties(Map.of(), "").settings();
        } catch (StageException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @throws StageException when a value can't be used; it may pass, for the file can be mended */
    ListenerSettings settings() throws StageException {
        int cores = Runtime.getRuntime().availableProcessors();
        int threads = number("threads", 0, 64);
        return new ListenerSettings(
                host(),
                number("port", 0, 65_535),
                number("udp-port", 0, 65_000),
                threads > 0 ? threads : Math.max(1, Math.min(4, cores / 2)),
                sockets(),
                number("max-connections", 1, 1_000_000),
                number("max-connections-per-address", 1, 1_000_000),
                number("session-timeout", 1, 3600),
                number("describe-wait", 0, 60_000),
                budget(),
                access(),
                tls(),
                multicast());
    }

    /** What is no key of the listener, in words; empty if all are. */
    List<String> unknown() {
        return properties.keySet().stream()
                .filter(key ->
                        !defaults.containsKey(key) && !NOT_OURS.matcher(key).matches())
                .sorted()
                .map(key -> file + ": " + key + " is not known and does nothing; the keys are "
                        + String.join(", ", defaults.keySet()))
                .toList();
    }

    /** The keys with other values than those that a listener was started with, which it goes on with. */
    List<String> waiting(ListenerProperties started) {
        return defaults.keySet().stream()
                .filter(key -> !TAKEN_AT_ONCE.contains(key) && !text(key).equals(started.text(key)))
                .toList();
    }

    private String text(String key) {
        Object value = properties.get(key);
        return value == null ? defaults.get(key) : value.toString().strip();
    }

    private String host() throws StageException {
        var host = text("host");
        if (host.isEmpty() || host.chars().anyMatch(Character::isWhitespace)) {
            throw wrong("host", "an address or a name of this machine, or 0.0.0.0 for all");
        }
        return host;
    }

    private int number(String key, int least, int most) throws StageException {
        try {
            int value = Integer.parseInt(text(key));
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw wrong(key, "a number from " + least + " to " + most);
    }

    private String sockets() throws StageException {
        var sockets = text("sockets");
        if (Arrays.asList(AUTO, "epoll", "nio").contains(sockets)) {
            return sockets;
        }
        throw wrong("sockets", "auto, epoll or nio");
    }

    private long budget() throws StageException {
        var budget = text("gop-budget");
        if (budget.equals(AUTO)) {
            return PlatformDependent.maxDirectMemory() / 3;
        }
        try {
            return Quantity.bytes(budget);
        } catch (IllegalArgumentException e) {
            throw wrong("gop-budget", "a size such as 64 MB, or auto").because(e);
        }
    }

    private AccessSettings access() throws StageException {
        var schemes = new HashSet<>(Arrays.asList(text("authentication").split("[,\\s]+"))); // one may be named twice
        if (!Set.of("basic", "digest").containsAll(schemes)) {
            throw wrong("authentication", "basic, digest or both");
        }
        return new AccessSettings(
                permission("read"),
                schemes.contains("basic"),
                schemes.contains("digest"),
                networks("allow"),
                networks("deny"));
    }

    private TlsSettings tls() throws StageException {
        var tls = new TlsSettings(
                number("tls-port", 0, 65_535),
                text("tls-certificate"),
                text("tls-key"),
                text("tls-keystore"),
                text("tls-password"));
        boolean files = !tls.certificate().isEmpty() && !tls.key().isEmpty();
        if (tls.on() && files == !tls.keyStore().isEmpty()) {
            throw StageException.retry("the RTSP server's tls-port needs one certificate")
                    .remedy("set tls-certificate and tls-key, or tls-keystore, in " + file);
        }
        return tls;
    }

    private Optional<MulticastSettings> multicast() throws StageException {
        int port = number("multicast-port", 1024, 65_000);
        int ttl = number("multicast-ttl", 0, 255);
        try {
            return text("multicast").isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            MulticastSettings.parse(text("multicast"), port & ~1, ttl, text("multicast-interface")));
        } catch (IllegalArgumentException e) {
            throw wrong("multicast", "groups such as 239.255.42.0/24, at most 65536 of them");
        }
    }

    private Permission permission(String key) throws StageException {
        try {
            return Permission.parse(text(key));
        } catch (IllegalArgumentException e) {
            throw wrong(key, "auto, anyone, users, nobody, or names of users with commas between them");
        }
    }

    private Networks networks(String key) throws StageException {
        try {
            return Networks.parse(text(key));
        } catch (IllegalArgumentException e) {
            throw wrong(key, "a list of networks such as 10.0.0.0/8, 2001:db8::/32");
        }
    }

    private StageException wrong(String key, String expected) {
        return StageException.retry("the RTSP server's " + key + " = " + text(key) + " is not " + expected)
                .remedy("set " + key + " in " + file + " to " + expected);
    }
}
