/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.auth;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How much of something each place has, bounded, so that one host does not take what is there for all. Programs on this machine
 * are not counted, a proxy may be among them. Thread-safe.
 */
public final class Places {

    private final int most;
    private final ConcurrentHashMap<Place, Integer> taken = new ConcurrentHashMap<>();

    /** @param most for one address, or one IPv6 network */
    public Places(int most) {
        this.most = most;
    }

    /** Takes one more for an address, to be given back by {@link #leave}; false if it has as many as it may. */
    public boolean enter(InetAddress address) {
        if (address.isLoopbackAddress()) {
            return true;
        }
        var place = Place.of(address);
        if (taken.merge(place, 1, Integer::sum) <= most) {
            return true;
        }
        leave(address);
        return false;
    }

    public void leave(InetAddress address) {
        if (!address.isLoopbackAddress()) {
            taken.computeIfPresent(Place.of(address), (place, number) -> number == 1 ? null : number - 1);
        }
    }

    public int most() {
        return most;
    }
}
