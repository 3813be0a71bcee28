/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.filter.overlay.drawing;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** A time of the day with tenths of a second; formatted anew once a second. */
final class TimeText {

    private static final DateTimeFormatter FORM = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

    private static final long SECOND = 1_000_000_000L;

    private final DateTimeFormatter form;
    private String text = "";
    private long second = Long.MIN_VALUE;

    TimeText(ZoneId zone) {
        form = FORM.withZone(zone);
    }

    /** @param time nanoseconds since 1970 */
    void appendTo(StringBuilder line, long time) {
        long now = Math.floorDiv(time, SECOND);
        if (now != second) {
            second = now;
            text = form.format(Instant.ofEpochSecond(now));
        }
        line.append(text).append('.').append((char) ('0' + Math.floorMod(time, SECOND) / (SECOND / 10)));
    }
}
