/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.media.HostMemory;
import io.levada.api.media.HostMemoryPool;
import io.levada.api.media.LeakDetector;
import io.levada.api.media.Stamp;
import io.levada.api.media.TimeBase;

/** Stamps as a source would make them at the {@link VirtualClock}'s start: captured when they are due. */
public final class Stamps {

    /** The source of samples for which none is named. */
    public static final String SOURCE = "test/source:video";

    private Stamps() {}

    /** The moment {@code pts} ticks after the start, in epoch 0 of {@link #SOURCE}. */
    public static Stamp at(TimeBase timeBase, long pts) {
        return at(SOURCE, 0, timeBase, pts);
    }

    /** The moment {@code pts} ticks after the start. */
    public static Stamp at(String source, int epoch, TimeBase timeBase, long pts) {
        long runningTime = timeBase.toNanos(pts);
        return Stamp.of(
                source,
                epoch,
                pts,
                runningTime,
                VirtualClock.NANO_START + runningTime,
                VirtualClock.WALL_START + runningTime);
    }

    /** Every memory that a test makes is tracked; the builders call it before they make one. */
    static void trackMemory() {
        LeakDetector.level(LeakDetector.Level.ALL);
    }

    /** Memory that is poisoned after its last release, so that who reads it then sees garbage. */
    static HostMemory memory(int... sizes) {
        return new HostMemoryPool(0, sizes).take();
    }
}
