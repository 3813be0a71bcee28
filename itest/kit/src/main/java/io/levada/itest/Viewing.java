/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest;

import java.util.ArrayList;
import java.util.List;

/**
 * What a player saw.
 *
 * @param times the presentation times of each track's samples in seconds, in the order of decoding: pictures, then sound
 *     where the player tells it
 * @param complaints what the player said beside
 */
public record Viewing(List<List<Double>> times, List<String> complaints) {

    /** What is wrong with a track that has a sample every so many seconds and no B-frames: times that don't rise, gaps. */
    public List<String> faults(int track, double period) {
        var faults = new ArrayList<String>();
        var all = times.get(track);
        for (int i = 1; i < all.size(); i++) {
            double step = all.get(i) - all.get(i - 1);
            if (step <= 0) {
                faults.add("goes back by %.3f s at %.3f s".formatted(-step, all.get(i)));
            } else if (step > 1.5 * period) {
                faults.add("gap of %.3f s at %.3f s".formatted(step, all.get(i)));
            }
        }
        return faults;
    }

    /** How long a track was seen, in seconds. */
    public double seconds(int track) {
        var all = times.get(track);
        return all.isEmpty() ? 0 : all.get(all.size() - 1) - all.get(0);
    }
}
