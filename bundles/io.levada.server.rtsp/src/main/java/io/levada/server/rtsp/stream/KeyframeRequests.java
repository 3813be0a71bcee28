/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

/**
 * Asks upstream for keyframes, not too often, and learns whether that helps: an encoder answers within a few frames, a
 * camera or file never does. {@link #ask} is for any thread, the rest for the home loop.
 */
final class KeyframeRequests {

    private static final long INTERVAL = 500_000_000L;
    private static final long PROMPT = 300_000_000L;

    private final Runnable request;
    private volatile long asked;
    private volatile boolean open;
    private long arrived;
    private boolean prompt;

    KeyframeRequests(Runnable request) {
        this.request = request;
        this.asked = System.nanoTime() - INTERVAL;
        this.arrived = System.nanoTime() - PROMPT;
    }

    void ask() {
        long now = System.nanoTime();
        if (now - asked >= INTERVAL) {
            asked = now;
            open = true;
            request.run();
        }
    }

    void arrived() {
        arrived = System.nanoTime();
        if (open) {
            open = false;
            prompt = arrived - asked <= PROMPT;
        }
    }

    /** Whether the last keyframe is old, and a new one will come soon if it is asked for. */
    boolean expectedSoon() {
        return prompt && System.nanoTime() - arrived > PROMPT;
    }
}
