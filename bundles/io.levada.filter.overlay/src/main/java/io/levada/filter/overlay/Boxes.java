/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.filter.overlay;

import io.levada.api.media.Event;
import io.levada.api.media.Region;
import io.levada.api.media.Stamp;
import java.util.Arrays;
import java.util.List;

/**
 * The regions of the newest event of each input, for as long as they are to be seen: an analyzer that leaves out pictures
 * shall not make the boxes flicker.
 */
final class Boxes {

    private static final Event[] NONE = new Event[0];

    private Event[] newest = NONE;

    /** An event without regions, such as the one that says that motion is over, clears those of its input. */
    void take(int input, Event event) {
        if (input >= newest.length) {
            newest = Arrays.copyOf(newest, input + 1);
        }
        newest[input] = event;
    }

    void clear() {
        newest = NONE;
    }

    int inputs() {
        return newest.length;
    }

    /** What of an input's is to be drawn on a picture. */
    List<Region> of(int input, Stamp picture, long hold) {
        var event = newest[input];
        if (event == null) {
            return List.of();
        }
        var stamp = event.stamp();
        long age = picture.runningTime() - stamp.runningTime();
        boolean shown = stamp.matches(picture) || age >= 0 && age <= hold;
        return shown ? event.regions() : List.of();
    }
}
