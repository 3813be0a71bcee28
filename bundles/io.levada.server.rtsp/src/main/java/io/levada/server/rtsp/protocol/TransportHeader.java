/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One of the transports that a SETUP offers (RFC 2326, 12.39).
 *
 * @param kind what it is
 * @param mode which way
 * @param first the lower UDP port or interleaved channel, -1 if the client leaves the choice to the server
 * @param second the other one
 */
record TransportHeader(Kind kind, Mode mode, int first, int second) {

    /** Transports by what this server makes of them. */
    enum Kind {
        UDP,
        TCP,
        /** To a group of the server's. */
        MULTICAST,
        /** SRTP, or something unheard of. */
        OTHER
    }

    /** Which way the packets go. */
    enum Mode {
        UNSAID,
        PLAY,
        RECORD
    }

    private static final int MOST_OFFERS = 16;
    private static final int MOST_CHANNEL = 255;
    private static final int MOST_PORT = 65535;

    /**
     * All that are offered, in the client's order.
     *
     * @throws IllegalArgumentException saying what is malformed
     */
    static List<TransportHeader> parse(String header) {
        var offers = new ArrayList<TransportHeader>();
        for (var offer : header.split(",", MOST_OFFERS + 1)) {
            if (offers.size() == MOST_OFFERS) {
                throw new IllegalArgumentException("too many transports");
            }
            offers.add(one(offer.strip()));
        }
        return offers;
    }

    private static TransportHeader one(String offer) {
        var parts = offer.split(";", -1);
        var kind =
                switch (parts[0].strip().toUpperCase(Locale.ROOT)) {
                    case "RTP/AVP", "RTP/AVP/UDP", "RTP/AVPF", "RTP/AVPF/UDP" -> Kind.UDP;
                    case "RTP/AVP/TCP", "RTP/AVPF/TCP" -> Kind.TCP;
                    default -> Kind.OTHER;
                };
        var mode = Mode.UNSAID;
        int[] pair = {-1, -1};
        for (int i = 1; i < parts.length; i++) {
            var parameter = parts[i].strip();
            int equals = parameter.indexOf('=');
            var name = (equals < 0 ? parameter : parameter.substring(0, equals))
                    .strip()
                    .toLowerCase(Locale.ROOT);
            var value = equals < 0 ? "" : parameter.substring(equals + 1).strip();
            switch (name) {
                case "multicast" -> kind = kind == Kind.UDP ? Kind.MULTICAST : Kind.OTHER;
                case "mode" -> {
                    mode = mode(value.replace("\"", ""));
                    kind = mode == Mode.UNSAID ? Kind.OTHER : kind;
                }
                case "client_port" -> pair = kind == Kind.UDP ? ports(value) : pair;
                case "interleaved" -> pair = kind == Kind.TCP ? channels(value) : pair;
                default -> {} // ssrc, ttl, destination and the like don't matter here
            }
        }
        return new TransportHeader(kind, mode, pair[0], pair[1]);
    }

    private static Mode mode(String value) {
        return switch (value.toUpperCase(Locale.ROOT)) {
            case "PLAY" -> Mode.PLAY;
            case "RECORD", "RECEIVE" -> Mode.RECORD; // the latter in RTSP's first draft, and in old players
            default -> Mode.UNSAID;
        };
    }

    private static int[] ports(String value) {
        int[] pair = pair(value, MOST_PORT);
        if (pair[0] == 0 || pair[0] == pair[1]) {
            throw new IllegalArgumentException("no two UDP ports: " + value);
        }
        return pair;
    }

    private static int[] channels(String value) {
        int[] pair = pair(value, MOST_CHANNEL);
        if (pair[1] != pair[0] + 1) {
            throw new IllegalArgumentException("interleaved channels are adjacent: " + value);
        }
        return pair;
    }

    private static int[] pair(String value, int most) {
        var parts = value.split("-", 3);
        try {
            int first = Integer.parseInt(parts[0].strip());
            int second = parts.length > 1 ? Integer.parseInt(parts[1].strip()) : first + 1;
            if (parts.length <= 2 && first >= 0 && second >= 0 && first <= most && second <= most) {
                return new int[] {first, second};
            }
        } catch (NumberFormatException e) {
            // the message below says it
        }
        throw new IllegalArgumentException("not a pair of numbers up to " + most + ": " + value);
    }
}
