/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.zone;

import io.levada.api.media.Region;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Watches where things go. Times are nanoseconds of running time. */
final class Watch {

    /** More things at a time are not watched. */
    private static final int MOST_THINGS = 4096;

    /** Told of what happens, with the counts as they are after it. */
    interface Listener {

        void entered(Zone zone, Thing thing);

        /** @param nanos how long it stayed */
        void left(Zone zone, Thing thing, long nanos);

        void dwells(Zone zone, Thing thing, long nanos);

        void crossed(Line line, Thing thing, boolean in);
    }

    private final Listener listener;
    private final Map<Long, Thing> things = new LinkedHashMap<>();
    private final Map<String, Integer> current = new HashMap<>();
    private Settings settings;

    Watch(Settings settings, Listener listener) {
        this.settings = settings;
        this.listener = listener;
    }

    /** What is known of a shape that keeps its name is kept. */
    void settings(Settings changed) {
        settings = changed;
        Set<String> names = new HashSet<>();
        changed.drawn().zones().forEach(zone -> names.add(zone.name()));
        changed.drawn().lines().forEach(line -> names.add(line.name()));
        things.values().forEach(thing -> thing.keep(names));
        current.keySet().retainAll(names);
    }

    /** How many are in a zone. */
    int in(Zone zone) {
        return current.getOrDefault(zone.name(), 0);
    }

    /** A picture with what is followed in it. */
    void see(List<Region> regions, long time) {
        for (var region : regions) {
            if (settings.watches(region) && (things.size() < MOST_THINGS || things.containsKey(region.track()))) {
                see(things.computeIfAbsent(region.track(), track -> new Thing(region)), region, time);
            }
        }
    }

    private void see(Thing thing, Region region, long time) {
        thing.see(region, time);
        var place = settings.place(region);
        for (var zone : settings.drawn().zones()) {
            thing.in(zone).see(zone.holds(place), time);
        }
        for (var line : settings.drawn().lines()) {
            thing.of(line).see(line, place, time);
        }
    }

    /** Time has come so far, and all that was seen until then is known. */
    void advance(long time) {
        List<Long> lost = new ArrayList<>(0);
        things.forEach((track, thing) -> {
            if (time - thing.lastSeen() > settings.lost()) {
                lost.add(track);
            } else {
                settle(thing, time);
            }
        });
        lost.forEach(this::end);
    }

    private void settle(Thing thing, long time) {
        for (var zone : settings.drawn().zones()) {
            var stay = thing.in(zone);
            if (stay.settles(time, settings.settle())) {
                change(zone, thing, stay, time);
            }
            if (stay.dwells(time, settings.dwell())) {
                listener.dwells(zone, thing, stay.lasted(time));
            }
        }
        for (var line : settings.drawn().lines()) {
            int direction = thing.of(line).settles(time, settings.settle());
            if (direction != 0) {
                listener.crossed(line, thing, direction > 0);
            }
        }
    }

    private void change(Zone zone, Thing thing, Stay stay, long time) {
        current.merge(zone.name(), stay.inside() ? 1 : -1, Integer::sum);
        if (stay.inside()) {
            listener.entered(zone, thing);
        } else {
            listener.left(zone, thing, stay.lasted(time));
        }
    }

    /** The track is over: the thing has left wherever it was, and has crossed what it was about to. */
    void end(long track) {
        var thing = things.remove(track);
        if (thing == null) {
            return;
        }
        long time = thing.lastSeen();
        for (var line : settings.drawn().lines()) {
            int direction = thing.of(line).settles(time, 0);
            if (direction != 0) {
                listener.crossed(line, thing, direction > 0);
            }
        }
        for (var zone : settings.drawn().zones()) {
            var stay = thing.in(zone);
            if (stay.inside()) {
                current.merge(zone.name(), -1, Integer::sum);
                listener.left(zone, thing, stay.lasted(time));
            }
        }
    }

    /** All tracks are over. */
    void endAll() {
        List.copyOf(things.keySet()).forEach(this::end);
    }
}
