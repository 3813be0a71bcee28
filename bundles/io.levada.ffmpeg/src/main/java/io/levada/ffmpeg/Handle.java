/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import org.bytedeco.javacpp.Pointer;

/** A number that travels through libav where C has a {@code void *opaque}. It points nowhere. */
public final class Handle extends Pointer {

    public Handle(long number) {
        address = number;
    }

    /** The same object for another number, where making one each time is too dear; for one thread. */
    public Handle number(long number) {
        address = number;
        return this;
    }
}
