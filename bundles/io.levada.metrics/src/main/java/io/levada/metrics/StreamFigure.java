/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.metrics;

import io.levada.api.pipeline.StageStatus;
import java.util.LinkedHashMap;
import java.util.Map;

/** The figures that every server's stage shows of the stream that it serves. */
enum StreamFigure {
    READERS("readers"),
    BYTES("sent-bytes"),
    PACKETS("sent-packets"),
    DROPPED_SLOW("dropped-slow"),
    DROPPED_BUSY("dropped-busy"),
    EVICTED("evicted");

    private static final String DROPPED = "dropped-";

    private final String figure;

    StreamFigure(String figure) {
        this.figure = figure;
    }

    /** Whether the stage serves readers. */
    static boolean serves(StageStatus stage) {
        return stage.gauges().containsKey(READERS.figure);
    }

    double of(StageStatus stage) {
        return stage.gauges().getOrDefault(figure, 0L);
    }

    /** Packets that were dropped, by cause. */
    static Map<String, Long> dropped(StageStatus stage) {
        var dropped = new LinkedHashMap<String, Long>();
        for (var each : new StreamFigure[] {DROPPED_SLOW, DROPPED_BUSY}) {
            var value = stage.gauges().get(each.figure);
            if (value != null) {
                dropped.put(each.figure.substring(DROPPED.length()), value);
            }
        }
        return dropped;
    }

    /** What else the stage shows. */
    static Map<String, Long> others(StageStatus stage) {
        var others = new LinkedHashMap<>(stage.gauges());
        if (serves(stage)) {
            for (var each : values()) {
                others.remove(each.figure);
            }
        }
        return others;
    }
}
