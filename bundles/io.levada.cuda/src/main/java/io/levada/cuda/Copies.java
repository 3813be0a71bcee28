/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda;

import java.util.concurrent.atomic.LongAdder;

/** Counts what was copied between host and device by stages: the proof of what stayed on the device. Thread-safe. */
public final class Copies {

    private final LongAdder toDevice = new LongAdder();
    private final LongAdder toDeviceBytes = new LongAdder();
    private final LongAdder toHost = new LongAdder();
    private final LongAdder toHostBytes = new LongAdder();

    void toDevice(long bytes) {
        toDevice.increment();
        toDeviceBytes.add(bytes);
    }

    void toHost(long bytes) {
        toHost.increment();
        toHostBytes.add(bytes);
    }

    /** How often bytes went from the host to the device. */
    public long toDevice() {
        return toDevice.sum();
    }

    public long toDeviceBytes() {
        return toDeviceBytes.sum();
    }

    /** How often bytes went from the device to the host. */
    public long toHost() {
        return toHost.sum();
    }

    public long toHostBytes() {
        return toHostBytes.sum();
    }

    @Override
    public String toString() {
        return toDevice() + " copies to the device (" + toDeviceBytes() + " bytes), " + toHost() + " to the host ("
                + toHostBytes() + " bytes)";
    }
}
