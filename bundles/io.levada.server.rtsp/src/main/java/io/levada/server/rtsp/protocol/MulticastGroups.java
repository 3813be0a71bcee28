/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import io.levada.server.rtsp.stream.Mount;
import io.levada.server.rtsp.stream.UdpPorts;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The groups that streams have while sessions want them by multicast (RFC 2326, 12.39). Thread-safe. */
final class MulticastGroups {

    private record Used(MulticastGroup group, int number, int sessions) {

        Used with(int more) {
            return new Used(group, number, sessions + more);
        }
    }

    private final MulticastSettings settings;
    private final BitSet taken = new BitSet();
    private final Map<Mount, Used> byMount = new HashMap<>();

    MulticastGroups(MulticastSettings settings) {
        this.settings = settings;
    }

    /**
     * The stream's group, for one session more.
     *
     * @param ports what a new group is sent from
     * @return empty if no group is free
     */
    synchronized Optional<MulticastGroup> join(Mount mount, UdpPorts ports) {
        var used = byMount.get(mount);
        if (used == null) {
            int number = taken.nextClearBit(0);
            if (number >= settings.size()) {
                return Optional.empty();
            }
            taken.set(number);
            var group = new MulticastGroup(mount, settings.group(number), settings.port(), settings.ttl(), ports);
            used = new Used(group, number, 0);
        }
        byMount.put(mount, used.with(1));
        return Optional.of(used.group());
    }

    /** A session does not want it any more. */
    synchronized void leave(MulticastGroup group) {
        var used = byMount.get(group.mount()).with(-1);
        if (used.sessions() == 0) {
            byMount.remove(group.mount());
            taken.clear(used.number());
        } else {
            byMount.put(group.mount(), used);
        }
    }
}
