/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.track;

import io.levada.api.media.Region;
import java.util.HashMap;
import java.util.Map;

/** One thing that is followed. */
final class Track {

    private final Motion motion;
    private final Map<String, Double> votes = new HashMap<>(2);
    private final long firstSeen;
    private long lastSeen;
    private long id;
    private int hits;
    private boolean visible = true;
    private Region box;
    private String label;

    /** @param time running time in nanoseconds */
    Track(Region found, long time) {
        motion = new Motion(found);
        firstSeen = time;
        label = found.label();
        see(found, time);
    }

    /** Its number; {@link Region#NO_TRACK} until it was seen often enough. */
    long id() {
        return id;
    }

    boolean confirmed() {
        return id != Region.NO_TRACK;
    }

    void confirm(long number) {
        id = number;
    }

    /** In how many pictures it was found. */
    int hits() {
        return hits;
    }

    /** Whether it was found in the last picture. */
    boolean visible() {
        return visible;
    }

    long lastSeen() {
        return lastSeen;
    }

    /** From when to when it was seen, nanoseconds. */
    long age() {
        return lastSeen - firstSeen;
    }

    /** The box as it was found last, under the track's number and the label that it was given most. */
    Region region() {
        return new Region(label, box.score(), box.x(), box.y(), box.width(), box.height(), id, box.outline());
    }

    String label() {
        return label;
    }

    void predict(double seconds) {
        motion.predict(seconds, visible);
    }

    double overlap(Region found, double margin) {
        return motion.overlap(found, margin);
    }

    void found(Region where, long time) {
        motion.correct(where);
        see(where, time);
    }

    private void see(Region where, long time) {
        box = where;
        lastSeen = time;
        visible = true;
        hits++;
        double votesForIt = votes.merge(where.label(), where.score(), Double::sum);
        if (votesForIt > votes.getOrDefault(label, 0.0)) {
            label = where.label();
        }
    }

    void missed() {
        visible = false;
    }
}
