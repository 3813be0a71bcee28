/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.auth;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Slows down who guesses passwords. A few failures with one name from one address are free; after that its passwords are not
 * looked at for a time that doubles with every failure. Other users behind that address go on, unless it tries many names.
 * What it remembers is bounded. Thread-safe.
 */
public final class Brake {

    private static final int FREE = 4;
    private static final int FREE_OF_ADDRESS = 20;
    private static final long FIRST_NANOS = 1_000_000_000L;
    private static final long LONGEST_NANOS = 60_000_000_000L;
    private static final long FORGET_NANOS = 600_000_000_000L;
    private static final int MOST = 4096;
    private static final int LONGEST_NAME = 64;

    private final Map<String, Failures> failures = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
            return size() > MOST;
        }
    };

    private record Failures(int count, long last) {

        long wait(int free) {
            return count < free ? 0 : Math.min(LONGEST_NANOS, FIRST_NANOS << Math.min(count - free, 16));
        }
    }

    /** Whether a password of that user from there is not looked at now. */
    public synchronized boolean holds(InetAddress address, String user, long now) {
        return holds(Place.of(address).prefix(), FREE_OF_ADDRESS, now) || holds(key(address, user), FREE, now);
    }

    private boolean holds(String key, int free, long now) {
        var seen = failures.get(key);
        return seen != null && now - seen.last() < seen.wait(free);
    }

    /** Returns how often it failed by now. */
    public synchronized int failed(InetAddress address, String user, long now) {
        count(Place.of(address).prefix(), now);
        return count(key(address, user), now);
    }

    private int count(String key, long now) {
        var seen = failures.get(key);
        int before = seen == null || now - seen.last() > FORGET_NANOS ? 0 : seen.count();
        failures.put(key, new Failures(before + 1, now));
        return before + 1;
    }

    /** That user is forgiven; who also tries others is not. */
    public synchronized void succeeded(InetAddress address, String user) {
        failures.remove(key(address, user));
    }

    /** A name comes from outside and may be of any length. */
    private static String key(InetAddress address, String user) {
        return Place.of(address) + " " + (user.length() > LONGEST_NAME ? user.substring(0, LONGEST_NAME) : user);
    }
}
