/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What readers are told of a stream's tracks, once they are known, and who waits for that. Somebody who gives up waiting
 * leaves nothing behind. Thread-safe.
 */
public final class Description {

    private final Set<Runnable> waiting = ConcurrentHashMap.newKeySet();
    private volatile Optional<List<TrackDescription>> tracks = Optional.empty();
    private volatile boolean ended;

    /** All tracks, as soon as each has a format. */
    public Optional<List<TrackDescription>> tracks() {
        return tracks;
    }

    /** Runs the action once, on any thread: when the tracks are known or the stream has ended, at once if that is so. */
    public void await(Runnable action) {
        waiting.add(action);
        if (ended || tracks.isPresent()) {
            tell();
        }
    }

    /** Takes back what was given to {@link #await}. Returns whether it would have run later. */
    public boolean forget(Runnable action) {
        return waiting.remove(action);
    }

    /** How many wait. */
    public int waiting() {
        return waiting.size();
    }

    void tracks(List<TrackDescription> known) {
        tracks = Optional.of(known);
        tell();
    }

    void end() {
        ended = true;
        tell();
    }

    private void tell() {
        for (var action : waiting) {
            if (waiting.remove(action)) {
                action.run();
            }
        }
    }
}
