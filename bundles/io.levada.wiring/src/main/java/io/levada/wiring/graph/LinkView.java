/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.pipeline.LinkStatus;
import io.levada.wiring.link.Link;
import java.util.LinkedHashMap;
import java.util.Map;

/** A picture of a link. */
record LinkView(
        String from,
        String to,
        String policy,
        long samples,
        int queued,
        long queuedBytes,
        int capacity,
        Map<String, Long> dropped)
        implements LinkStatus {

    static LinkView of(Link link) {
        var dropped = new LinkedHashMap<String, Long>();
        if (link.droppedFull() > 0) {
            dropped.put("full", link.droppedFull());
        }
        if (link.droppedToKeyframe() > 0) {
            dropped.put("to-keyframe", link.droppedToKeyframe());
        }
        if (link.droppedForBudget() > 0) {
            dropped.put("budget", link.droppedForBudget());
        }
        if (link.droppedUntaken() > 0) {
            dropped.put("hang", link.droppedUntaken());
        }
        return new LinkView(
                link.from(),
                link.to().substring(link.to().indexOf('/') + 1),
                link.limits().policy().word(),
                link.samples(),
                link.queued(),
                link.bytes(),
                link.capacity(),
                dropped);
    }
}
