/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package com.acme.absent;

import io.levada.api.media.VideoFrame;

/** Of a package that no bundle of the tests has. */
public final class Absent {

    private Absent() {}

    public static void look(VideoFrame frame) {
        frame.width();
    }
}
