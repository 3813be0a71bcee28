/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.media.Sample;

/**
 * A sample that was fed and that the test retains, to see whether it is changed.
 *
 * @param fingerprint of its content when it was fed
 */
record Keepsake(Sample sample, long fingerprint) {

    static Keepsake of(Sample sample) {
        sample.retain();
        return new Keepsake(sample, Fingerprint.of(sample.memory()));
    }

    boolean changed() {
        return Fingerprint.of(sample.memory()) != fingerprint;
    }
}
