/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.source.media;

import java.util.Map;

/**
 * The parameters, understood.
 *
 * @param location what to open
 * @param shown the location as it may be shown: the user's text, credentials masked
 * @param fast as fast as consumers take it, rather than by the clock
 * @param loop begin again at the end
 * @param start where in the content to begin, nanoseconds from its start
 * @param connectTimeout nanoseconds until a peer has to have answered
 * @param readTimeout nanoseconds within which the next packet has to come
 * @param format the demuxer's name; empty to find out
 * @param options libavformat's, by their names
 */
record Settings(
        Location location,
        String shown,
        boolean fast,
        boolean loop,
        long start,
        long connectTimeout,
        long readTimeout,
        String format,
        Map<String, String> options) {

    Settings withLoop(boolean loop) {
        return new Settings(location, shown, fast, loop, start, connectTimeout, readTimeout, format, options);
    }

    /** Whether the content comes at its own pace or is given one. */
    boolean live() {
        return !fast || location.pushed();
    }

    /** Whether this source paces, rather than the peer or the consumers. */
    boolean paced() {
        return !fast && !location.pushed();
    }
}
