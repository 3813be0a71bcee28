/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.stage.Outputs;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** The tracks of a source, which come as it finds them and outlive its instances. On the source's thread, but where it says so. */
final class SourceTracks implements Outputs {

    private static final OutputTrack[] NONE = {};

    private final SourceNode node;
    private final Map<String, OutputTrack> tracks = new ConcurrentSkipListMap<>();
    /** The same, to go through without an iterator. */
    private OutputTrack[] all = NONE;
    /** An instance took the place of another and has not brought anything yet. */
    private boolean takenOver;

    SourceTracks(SourceNode node) {
        this.node = node;
    }

    /** Any thread. */
    Collection<OutputTrack> all() {
        return tracks.values();
    }

    boolean isEmpty() {
        return all.length == 0;
    }

    @Override
    public OutputTrack track(String name) {
        var known = tracks.get(name);
        return known != null ? known : add(name);
    }

    private OutputTrack add(String name) {
        var track = new OutputTrack(node, name);
        tracks.put(name, track);
        all = tracks.values().toArray(NONE);
        return track;
    }

    boolean hasRoom() {
        boolean room = true;
        for (var track : all) {
            room &= track.hasRoom();
        }
        return room;
    }

    /** Another instance takes over, and has not told yet which of them it has. */
    void takeOver() {
        tracks.values().forEach(OutputTrack::expect);
        takenOver = true;
    }

    /** After each piece of work: tracks that the instance before had and this one has not end, as soon as it has brought any. */
    void endMissing() {
        if (!takenOver) {
            return;
        }
        boolean some = false;
        boolean missing = false;
        for (var track : all) {
            some |= !track.expected();
            missing |= track.expected();
        }
        takenOver = missing && !some;
        if (some && missing) {
            for (var track : all) {
                if (track.expected()) {
                    track.end();
                }
            }
        }
    }

    void rest() {
        tracks.values().forEach(OutputTrack::rest);
    }

    void end() {
        tracks.values().forEach(OutputTrack::end);
    }
}
