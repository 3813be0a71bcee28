/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.filter.overlay.drawing;

import io.levada.api.media.Event;
import io.levada.api.media.EventFormat;
import io.levada.api.media.Region;
import io.levada.api.media.Stamp;
import java.util.ArrayList;
import java.util.List;

/**
 * The regions of the newest event of each input and subject, for as long as they are to be seen: an analyzer that leaves out
 * pictures shall not make the boxes flicker, and what it tells beside, that something began or ended, shall not clear them.
 */
public final class Boxes {

    /** Subjects beyond these take the place of the oldest: there is no end to those that somebody may invent. */
    private static final int MOST = 16;

    private record Shown(int input, Event event, long until) {}

    private final List<Shown> newest = new ArrayList<>();
    private final List<EventFormat> formats = new ArrayList<>();

    /** What follows on an input. */
    public void format(int input, EventFormat format) {
        while (formats.size() <= input) {
            formats.add(format);
        }
        formats.set(input, format);
    }

    /** An event without regions, such as the one that says that motion is over, clears those of its input and subject. */
    public void take(int input, Event event) {
        long length = formats.get(input).timeBase().toNanos(event.duration());
        var shown = new Shown(input, event, event.stamp().runningTime() + length);
        for (int i = 0; i < newest.size(); i++) {
            var other = newest.get(i);
            if (other.input == input && other.event.subject().equals(event.subject())) {
                newest.set(i, shown);
                return;
            }
        }
        if (newest.size() == MOST) {
            newest.remove(0);
        }
        newest.add(shown);
    }

    public void clear() {
        newest.clear();
    }

    /** How many events are kept; later ones are drawn over those before. */
    int count() {
        return newest.size();
    }

    /**
     * What of one of them is to be drawn on a picture.
     *
     * @param hold nanoseconds for which it is shown though it says nothing about that
     */
    List<Region> of(int index, Stamp picture, long hold) {
        var shown = newest.get(index);
        var stamp = shown.event.stamp();
        long age = picture.runningTime() - stamp.runningTime();
        boolean lasts = age <= hold || picture.runningTime() < shown.until;
        return stamp.matches(picture) || age >= 0 && lasts ? shown.event.regions() : List.of();
    }
}
