/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.type;

import io.levada.api.stage.Quantity;
import io.levada.wiring.link.Limits;
import io.levada.wiring.link.Policy;
import java.util.Map;

/** How much a link holds: what its {@code [policy=... max=...]} says over what suits the content. */
public final class LinkSize {

    private static final int MOST_SAMPLES = 4000;

    private LinkSize() {}

    static boolean valid(String max) {
        try {
            apply(new Limits(Policy.BLOCK, 1, 1, 1), max);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The limits with the settings of a reference applied. */
    public static Limits of(Limits usual, Map<String, String> settings) {
        var policy = Policy.of(settings.getOrDefault("policy", "")).orElse(usual.policy());
        var limits = new Limits(policy, usual.samples(), usual.nanos(), usual.bytes());
        return settings.containsKey("max") ? apply(limits, settings.get("max")) : limits;
    }

    private static Limits apply(Limits limits, String max) {
        if (max.matches("[0-9]{1,9}")) {
            int samples = Integer.parseInt(max);
            if (samples < 1 || samples > MOST_SAMPLES) {
                throw new IllegalArgumentException("a link holds 1 to " + MOST_SAMPLES + " samples");
            }
            return new Limits(limits.policy(), samples, Long.MAX_VALUE, limits.bytes());
        }
        try {
            return new Limits(limits.policy(), MOST_SAMPLES, Quantity.nanos(max), limits.bytes());
        } catch (IllegalArgumentException notADuration) {
            return new Limits(limits.policy(), limits.samples(), limits.nanos(), Quantity.bytes(max));
        }
    }
}
