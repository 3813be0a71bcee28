/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.media.LeakDetector;
import io.levada.api.media.Memory;
import io.levada.api.media.Sample;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** The samples that went into a stage: lent for the call, unchanged by it, and all given back at the end. */
final class Fed {

    /** What stands before the holders in the leak detector's lines. */
    private static final String HELD = "never released by";

    /** Memory that outlived its call, with the references that others than the stage had at that time. */
    private final Map<Memory, Integer> kept = new IdentityHashMap<>();

    private final Platform platform;
    private long fingerprint;
    private int others;

    Fed(Platform platform) {
        this.platform = platform;
    }

    /** The harness takes over the caller's reference. */
    void take(Sample sample) {
        var memory = sample.memory();
        if (memory == Memory.NONE) {
            return;
        }
        if (memory.references() < 1) {
            throw new IllegalStateException("fed after its last release: " + sample);
        }
        memory.handOver("the input of " + platform.holder());
        others = memory.references() - 1;
        fingerprint = Fingerprint.of(memory);
    }

    /** The call is over; what is still referenced now was retained by the stage. */
    void giveBack(Sample sample) {
        var memory = sample.memory();
        if (memory == Memory.NONE) {
            return;
        }
        if (memory.references() < others + 1) {
            platform.broken(
                    "a sample is lent for the call, but the stage released " + sample + " without having retained it");
            return;
        }
        if (Fingerprint.of(memory) != fingerprint) {
            platform.broken("a sample's content is read-only, but the stage wrote into " + sample);
        }
        String before = LeakDetector.enter("the input of " + platform.holder());
        memory.release();
        LeakDetector.exit(before);
        if (memory.references() > others) {
            kept.put(memory, others);
        }
    }

    /** How many memories the stage or its consumers hold. */
    int held() {
        kept.entrySet().removeIf(entry -> entry.getKey().references() <= entry.getValue());
        return kept.size();
    }

    /** After close: nothing is held, neither of what was fed nor of what the stage made. */
    void verifyReleased() {
        List<String> leaks = LeakDetector.live().stream()
                .filter(line -> line.indexOf(platform.holder(), line.indexOf(HELD)) >= 0)
                .toList();
        if (!leaks.isEmpty()) {
            platform.broken("close gives back all samples, but " + leaks.size() + " leaked: "
                    + String.join("; ", leaks.subList(0, Math.min(5, leaks.size()))));
        } else if (held() > 0) {
            platform.broken("close gives back all samples, but " + kept.size()
                    + " that the stage was fed are still referenced (by a thread of its own?)");
        }
    }
}
