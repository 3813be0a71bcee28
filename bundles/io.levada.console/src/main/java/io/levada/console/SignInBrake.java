/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.console;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an address that fails to sign in again and again from going on, and logs its failures. What it remembers and what it
 * logs are bounded, whoever comes. Thread-safe.
 */
final class SignInBrake {

    private static final Logger LOG = LoggerFactory.getLogger(SignInBrake.class);

    static final int FAILURES = 5;

    /** The failures count that were within it, and an address is refused for as long. */
    static final Duration PERIOD = Duration.ofMinutes(1);

    private static final int MOST_LINES = 20;
    private static final int MOST_ADDRESSES = 1000;
    private static final int LONGEST_NAME = 64;

    private final LongSupplier nanoTime;
    private final Map<String, Window> failures = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
            return size() > MOST_ADDRESSES;
        }
    };

    private Window lines = new Window(0, 0);

    /** How often something happened since a time in nanoseconds. */
    private record Window(long begin, int count) {

        boolean isOver(long now) {
            return now - begin >= PERIOD.toNanos();
        }

        Window more(long now) {
            return count == 0 || isOver(now) ? new Window(now, 1) : new Window(begin, count + 1);
        }
    }

    SignInBrake(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Whether the address has to wait; the password need not be looked at then. */
    synchronized boolean refuses(String address) {
        var window = failures.get(address);
        return window != null && window.count() >= FAILURES && !window.isOver(nanoTime.getAsLong());
    }

    synchronized void succeeded(String address) {
        failures.remove(address);
    }

    synchronized void failed(String user, String address) {
        long now = nanoTime.getAsLong();
        var window = failures.getOrDefault(address, new Window(now, 0)).more(now);
        if (window.count() >= FAILURES) {
            window = new Window(now, window.count()); // it waits from the last failure on
        }
        failures.remove(address); // to the end, for the eldest is forgotten first
        failures.put(address, window);
        lines = lines.more(now);
        if (lines.count() > MOST_LINES) {
            return;
        }
        LOG.warn(
                "Sign-in to the console failed: user {}, address {}{}{}",
                printable(user),
                address,
                window.count() >= FAILURES
                        ? "; after " + window.count() + " failures it is refused for " + PERIOD.toSeconds() + " s"
                        : "",
                lines.count() == MOST_LINES ? "; further failures of this minute are not logged" : "");
    }

    /** A name comes from outside: it could hold what looks like lines of the log, and be of any length. */
    private static String printable(String user) {
        var line = user.replaceAll("[^\\p{Graph}\\p{IsAlphabetic}]", "?");
        return line.length() > LONGEST_NAME ? line.substring(0, LONGEST_NAME) + "…" : line;
    }
}
