/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.zone;

import io.levada.api.media.Region;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** What is known of a followed thing. */
final class Thing {

    private final Map<String, Stay> stays = new HashMap<>();
    private final Map<String, Passage> passages = new HashMap<>();
    private Region region;
    private long lastSeen;

    Thing(Region region) {
        this.region = region;
    }

    void see(Region where, long time) {
        region = where;
        lastSeen = time;
    }

    /** As it was seen last. */
    Region region() {
        return region;
    }

    String label() {
        return region.label();
    }

    long lastSeen() {
        return lastSeen;
    }

    Stay in(Zone zone) {
        return stays.computeIfAbsent(zone.name(), name -> new Stay());
    }

    Passage of(Line line) {
        return passages.computeIfAbsent(line.name(), name -> new Passage());
    }

    /** Forgets all about others. */
    void keep(Set<String> names) {
        stays.keySet().retainAll(names);
        passages.keySet().retainAll(names);
    }
}
