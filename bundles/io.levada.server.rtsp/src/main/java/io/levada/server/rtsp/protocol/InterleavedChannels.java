/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which session's the interleaved channels of a connection are: pairs, of RTP and RTCP (RFC 2326, 10.12 and 12.39). For the
 * connection's event loop.
 */
final class InterleavedChannels {

    private static final int CHANNELS = 256;

    /** By the first channel of the pair. */
    private final Map<Integer, Session> pairs = new TreeMap<>();

    /** Whose packets of that channel are. */
    Optional<Session> session(int channel) {
        var session = pairs.get(channel & ~1);
        return Optional.ofNullable(session == null ? pairs.get(channel - 1) : session);
    }

    /**
     * Takes a pair of channels for a session.
     *
     * @param wanted the first one, or -1 for any
     * @param usual which to take if the client leaves it open
     * @return the first channel, -1 if they are taken
     */
    int claim(Session session, int wanted, int usual) {
        int first = wanted;
        if (wanted < 0) {
            first = free(usual) ? usual : 0;
            while (first < CHANNELS && !free(first)) {
                first += 2;
            }
        }
        if (first + 1 >= CHANNELS || !free(first)) {
            return -1;
        }
        pairs.put(first, session);
        return first;
    }

    private boolean free(int first) {
        return !pairs.containsKey(first) && !pairs.containsKey(first - 1) && !pairs.containsKey(first + 1);
    }

    void unclaim(Session session, int first) {
        pairs.remove(first, session);
    }

    /** The one whose packets travel on the connection, if any do. */
    Optional<Session> carried() {
        return pairs.values().stream().findFirst();
    }
}
