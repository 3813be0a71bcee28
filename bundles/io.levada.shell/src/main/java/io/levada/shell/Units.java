/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import java.time.Duration;
import java.util.Locale;

/** Figures with their units, as people read them. */
final class Units {

    private Units() {}

    /** A time span in nanoseconds: {@code 38 ms}; a dash for none. */
    static String nanos(long nanos) {
        if (nanos <= 0) {
            return "-";
        }
        if (nanos < 1_000_000) {
            return Math.max(1, nanos / 1000) + " us";
        }
        if (nanos < 10_000_000) {
            return format("%.1f ms", nanos / 1e6);
        }
        return nanos < 10_000_000_000L ? nanos / 1_000_000 + " ms" : format("%.1f s", nanos / 1e9);
    }

    /** How long something has lasted: {@code 3 h 12 min}, {@code 40 s}. */
    static String age(Duration age) {
        if (age.toDays() > 0) {
            return age.toDays() + " d " + age.toHoursPart() + " h";
        }
        if (age.toHours() > 0) {
            return age.toHours() + " h " + age.toMinutesPart() + " min";
        }
        return age.toMinutes() > 0 ? age.toMinutes() + " min" : Math.max(0, age.toSeconds()) + " s";
    }

    /** Pictures a second; a dash for none. */
    static String rate(double rate) {
        return rate <= 0 ? "-" : format("%.1f", rate);
    }

    /** {@code 512 B}, {@code 3.2 MB}. */
    static String bytes(long bytes) {
        double value = bytes;
        for (var unit : new String[] {" B", " kB", " MB", " GB"}) {
            if (value < 1000) {
                return unit.equals(" B") ? bytes + unit : format("%.1f", value) + unit;
            }
            value /= 1000;
        }
        return format("%.1f TB", value);
    }

    /** {@code 1 reader}, {@code 2 readers}. */
    static String count(long count, String one) {
        return count + " " + one + (count == 1 ? "" : "s");
    }

    private static String format(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }
}
