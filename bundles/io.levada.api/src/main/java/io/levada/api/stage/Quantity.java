/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.stage;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Numbers with a unit as users write them in pipeline files: {@code 40 ms}, {@code 1.5 s}, {@code 64 MB}, {@code 2M}. */
public final class Quantity {

    private static final Pattern FORM = Pattern.compile("\\s*(\\d+(?:\\.\\d+)?)\\s*([A-Za-zµ]*)\\s*");

    private static final Map<String, Double> NANOS =
            Map.of("ns", 1e0, "us", 1e3, "µs", 1e3, "ms", 1e6, "s", 1e9, "min", 60e9, "h", 3600e9);

    private static final Map<String, Double> BYTES = Map.of(
            "", 1e0, "b", 1e0, "kb", 1e3, "mb", 1e6, "gb", 1e9, "kib", 1024e0, "mib", 1048576e0, "gib", 1073741824e0);

    private static final Map<String, Double> RATE = Map.of("", 1e0, "k", 1e3, "m", 1e6, "g", 1e9);

    private Quantity() {}

    /**
     * A duration in nanoseconds, from a number with ns, us, ms, s, min or h; 0 needs no unit.
     *
     * @throws IllegalArgumentException saying what form is meant
     */
    public static long nanos(String text) {
        return text.strip().equals("0") ? 0 : parse(text, NANOS, "a duration such as 40 ms, 2 s or 1 min");
    }

    /**
     * The same, of a stage's parameter.
     *
     * @throws StageException INVALID, naming the parameter
     */
    public static long nanos(String parameter, String text) throws StageException {
        try {
            return nanos(text);
        } catch (IllegalArgumentException e) {
            throw invalid(parameter, e);
        }
    }

    /**
     * A size in bytes, from a number with nothing, kB, MB, GB, KiB, MiB or GiB.
     *
     * @throws IllegalArgumentException saying what form is meant
     */
    public static long bytes(String text) {
        return parse(text, BYTES, "a size such as 64 MB or 512 KiB");
    }

    /**
     * The same, of a stage's parameter.
     *
     * @throws StageException INVALID, naming the parameter
     */
    public static long bytes(String parameter, String text) throws StageException {
        try {
            return bytes(text);
        } catch (IllegalArgumentException e) {
            throw invalid(parameter, e);
        }
    }

    /**
     * A bit rate in bits a second, from a number with nothing, k, M, kbit/s or Mbit/s.
     *
     * @throws IllegalArgumentException saying what form is meant
     */
    public static long bitrate(String text) {
        return text.contains("/")
                ? parse(
                        text.replace("/s", ""),
                        Map.of("bit", 1e0, "kbit", 1e3, "mbit", 1e6),
                        "a bit rate such as 2M or 800 kbit/s")
                : parse(text, RATE, "a bit rate such as 2M or 800 kbit/s");
    }

    private static StageException invalid(String parameter, IllegalArgumentException why) {
        return StageException.invalid(why.getMessage())
                .parameter(parameter)
                .remedy("write a number and its unit")
                .because(why);
    }

    private static long parse(String text, Map<String, Double> units, String form) {
        var matcher = FORM.matcher(text);
        Double unit = matcher.matches() ? units.get(matcher.group(2).toLowerCase(Locale.ROOT)) : null;
        if (unit == null) {
            throw new IllegalArgumentException("'" + text + "' is not " + form);
        }
        return Math.round(Double.parseDouble(matcher.group(1)) * unit);
    }
}
