/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.link;

import java.util.Optional;

/** What happens when a consumer is slow. */
public enum Policy {
    /** The producer is not run until there is room. */
    BLOCK("block"),
    /** Only the newest sample is kept. */
    LATEST("latest"),
    /** The oldest sample makes room for the newest. */
    DROP_OLDEST("drop-oldest"),
    /** Packets nobody depends on go first, then all up to the next keyframe: what remains can be decoded. */
    DROP_TO_KEYFRAME("drop-to-keyframe");

    private final String word;

    Policy(String word) {
        this.word = word;
    }

    /** The word in pipeline files. */
    public String word() {
        return word;
    }

    public static Optional<Policy> of(String word) {
        for (var policy : values()) {
            if (policy.word.equals(word)) {
                return Optional.of(policy);
            }
        }
        return Optional.empty();
    }
}
