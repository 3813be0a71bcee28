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

    private LinkSize() {}

    static boolean valid(String max) {
        try {
            apply(Limits.count(Policy.BLOCK, 1), max);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The limits with the settings of a reference applied. */
    public static Limits of(Limits usual, Map<String, String> settings) {
        var limits = Policy.of(settings.getOrDefault("policy", ""))
                .map(policy -> withPolicy(usual, policy))
                .orElse(usual);
        return settings.containsKey("max") ? apply(limits, settings.get("max")) : limits;
    }

    private static Limits withPolicy(Limits usual, Policy policy) {
        return policy == Policy.LATEST ? Limits.count(policy, 1) : usual.policy(policy);
    }

    private static Limits apply(Limits limits, String max) {
        if (max.matches("[0-9]{1,9}")) {
            return Limits.of(limits.policy(), samples(max), Long.MAX_VALUE, limits.bytes());
        }
        try {
            long nanos = positive(Quantity.nanos(max));
            return Limits.of(limits.policy(), Limits.MOST_SAMPLES, nanos, limits.bytes());
        } catch (IllegalArgumentException notADuration) {
            long bytes = positive(Quantity.bytes(max));
            return new Limits(limits.policy(), limits.samples(), limits.widest(), limits.nanos(), bytes);
        }
    }

    private static int samples(String max) {
        int samples = Integer.parseInt(max);
        if (samples < 1 || samples > Limits.MOST_SAMPLES) {
            throw new IllegalArgumentException("a link holds 1 to " + Limits.MOST_SAMPLES + " samples");
        }
        return samples;
    }

    private static long positive(long amount) {
        if (amount <= 0) {
            throw new IllegalArgumentException("a link holds something");
        }
        return amount;
    }
}
