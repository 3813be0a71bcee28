/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.zone;

import io.levada.api.media.Point;
import io.levada.api.media.Region;
import io.levada.api.stage.Quantity;
import io.levada.api.stage.StageException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The parameters, ready for use; times in nanoseconds.
 *
 * @param anchor where in its box a thing stands, in parts of the box's height
 * @param capacity how many may be in a zone, or behind a line, by its name
 * @param labels what is watched; everything if empty
 */
record Settings(
        Shapes.Drawn drawn,
        Map<String, Long> capacity,
        double anchor,
        long settle,
        long dwell,
        long lost,
        long report,
        Set<String> labels) {

    private static final long LEAST_REPORT = 1_000_000_000;

    /** What touches the picture's edge is in the picture. */
    private static final double EDGE = 1e-9;

    static Settings of(ZoneAnalyzer.Config config) throws StageException {
        var drawn = Shapes.parse(config.zones(), config.lines());
        return new Settings(
                drawn,
                Capacity.parse(config.capacity(), drawn),
                switch (config.anchor()) {
                    case "top" -> 0;
                    case "center" -> 0.5;
                    default -> 1;
                },
                Quantity.nanos("settle", config.settle()),
                Quantity.nanos("dwell", config.dwell()),
                Quantity.nanos("lost", config.lost()),
                report(config.report()),
                Arrays.stream(config.labels().split(","))
                        .map(String::strip)
                        .filter(label -> !label.isEmpty())
                        .collect(Collectors.toUnmodifiableSet()));
    }

    private static long report(String text) throws StageException {
        long nanos = Quantity.nanos("report", text);
        if (nanos < LEAST_REPORT) {
            throw StageException.invalid("report = " + text + " is less than 1 s")
                    .parameter("report")
                    .remedy("write a time such as 10 s; what changes is told at once");
        }
        return nanos;
    }

    boolean watches(Region region) {
        return region.track() != Region.NO_TRACK && (labels.isEmpty() || labels.contains(region.label()));
    }

    Point place(Region region) {
        return new Point(inside(region.x() + region.width() / 2), inside(region.y() + anchor * region.height()));
    }

    private static double inside(double part) {
        return Math.max(EDGE, Math.min(1 - EDGE, part));
    }
}
