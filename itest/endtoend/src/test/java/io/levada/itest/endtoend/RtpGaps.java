/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.endtoend;

import java.util.ArrayList;
import java.util.List;

/** Finds missing pictures by their RTP timestamps. */
final class RtpGaps {

    private RtpGaps() {}

    /** Where more than the usual lies between two pictures. */
    static List<String> in(List<Long> timestamps) {
        var steps = new ArrayList<Long>();
        for (int i = 1; i < timestamps.size(); i++) {
            steps.add((timestamps.get(i) - timestamps.get(i - 1)) & 0xffffffffL);
        }
        long usual = steps.stream().sorted().skip(steps.size() / 2).findFirst().orElseThrow();
        var missing = new ArrayList<String>();
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i) > usual * 3 / 2) {
                missing.add(steps.get(i) + " after " + timestamps.get(i) + ", usual are " + usual);
            }
        }
        return missing;
    }
}
