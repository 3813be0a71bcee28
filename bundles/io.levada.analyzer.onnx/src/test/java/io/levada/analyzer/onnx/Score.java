/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.media.Event;
import io.levada.api.media.Region;
import java.util.ArrayList;
import java.util.List;

/** Precision and recall: a box counts when it has the right class and overlaps the truth by half or more. */
final class Score {

    private int hits;
    private int said;
    private int real;

    void add(List<ShapeScenes.Truth> truths, List<Event> events, int width, int height) {
        var left = new ArrayList<>(truths);
        real += truths.size();
        for (var event : events) {
            for (var region : event.regions()) {
                said++;
                var match = left.stream()
                        .filter(truth ->
                                truth.kind().equals(region.label()) && overlap(truth, region, width, height) >= 0.5)
                        .findFirst();
                match.ifPresent(truth -> {
                    hits++;
                    left.remove(truth);
                });
            }
        }
    }

    static double overlap(ShapeScenes.Truth truth, Region region, int width, int height) {
        double left = region.x() * width;
        double top = region.y() * height;
        double right = left + region.width() * width;
        double bottom = top + region.height() * height;
        double w = Math.min(right, truth.right()) - Math.max(left, truth.left());
        double h = Math.min(bottom, truth.bottom()) - Math.max(top, truth.top());
        double both = Math.max(0, w) * Math.max(0, h);
        double one = (right - left) * (bottom - top);
        double other = (truth.right() - truth.left()) * (truth.bottom() - truth.top());
        return both / (one + other - both);
    }

    double precision() {
        return (double) hits / said;
    }

    double recall() {
        return (double) hits / real;
    }

    @Override
    public String toString() {
        return "precision " + precision() + ", recall " + recall() + " of " + real + " shapes";
    }
}
