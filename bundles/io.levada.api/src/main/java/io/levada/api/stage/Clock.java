/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.stage;

import org.osgi.annotation.versioning.ProviderType;

/** The node's clock; tests replace it by one that they turn by hand. */
@ProviderType
public interface Clock {

    /** Monotonic nanoseconds with an arbitrary zero, as {@link System#nanoTime}. */
    long nanoTime();

    /** Wall clock, nanoseconds since 1970-01-01T00:00Z. */
    long wallTime();

    /**
     * Waits until {@link #nanoTime} reaches the given time.
     *
     * @return false when the stage shall stop, at once; true when the time has come
     */
    boolean sleepUntil(long nanoTime);
}
