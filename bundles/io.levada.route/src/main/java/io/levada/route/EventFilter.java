/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.route;

import io.levada.api.media.Event;
import io.levada.api.media.Region;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which events open a gate.
 *
 * @param labels what their regions, or they themselves, may be called; empty for anything
 * @param leastScore of a region
 */
record EventFilter(Set<String> labels, double leastScore) {

    /** @param labels with commas between */
    static EventFilter of(String labels, double leastScore) {
        return new EventFilter(
                Arrays.stream(labels.split(","))
                        .map(String::strip)
                        .filter(label -> !label.isEmpty())
                        .collect(Collectors.toUnmodifiableSet()),
                leastScore);
    }

    /** One without regions counts unless it says of something that it is not so, as the end of a motion does. */
    boolean lets(Event event) {
        boolean named = labels.isEmpty() || labels.contains(event.subject());
        if (event.regions().isEmpty()) {
            return named && leastScore == 0 && !event.values().containsValue(false);
        }
        for (var region : event.regions()) {
            if (lets(region, named)) {
                return true;
            }
        }
        return false;
    }

    private boolean lets(Region region, boolean named) {
        return region.score() >= leastScore && (named || labels.contains(region.label()));
    }
}
