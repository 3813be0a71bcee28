/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

/** What libav does not say of a frame in device memory. It belongs to one frame until it is {@link #release released}. */
public interface DeviceFrame {

    /** The device's index. */
    int device();

    /** The device's event that completes when the content is there; see {@code Memory.readyEvent}. */
    long readyEvent();

    /** The frame's last reference is gone. Any thread. */
    void release();
}
