/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

import java.math.BigInteger;

/**
 * The length of one tick of a track: {@code num / den} seconds, 1/90000 for most video over RTP.
 *
 * @param num numerator, greater than zero
 * @param den denominator, greater than zero
 */
public record TimeBase(int num, int den) {

    public static final TimeBase NANOS = new TimeBase(1, 1_000_000_000);
    public static final TimeBase MICROS = new TimeBase(1, 1_000_000);
    public static final TimeBase MILLIS = new TimeBase(1, 1000);
    /** The clock of video in RTP and MPEG-TS. */
    public static final TimeBase RTP_VIDEO = new TimeBase(1, 90_000);

    public TimeBase {
        if (num <= 0 || den <= 0) {
            throw new IllegalArgumentException(
                    "a time base has a positive numerator and denominator: " + num + "/" + den);
        }
    }

    /** Ticks in nanoseconds, rounded to the nearest; {@link Sample#NO_TIME} stays itself. */
    public long toNanos(long ticks) {
        return rescale(ticks, num * 1_000_000_000L, den);
    }

    /** Nanoseconds in ticks, rounded to the nearest; {@link Sample#NO_TIME} stays itself. */
    public long fromNanos(long nanos) {
        return rescale(nanos, den, num * 1_000_000_000L);
    }

    /** Ticks of this time base in ticks of another, rounded to the nearest; {@link Sample#NO_TIME} stays itself. */
    public long rescaleTo(TimeBase other, long ticks) {
        return equals(other) ? ticks : rescale(ticks, (long) num * other.den, (long) den * other.num);
    }

    /** {@code value * mul / div}, rounded to the nearest, half away from zero; exact beyond 64 bits. */
    private static long rescale(long value, long mul, long div) {
        if (value == Sample.NO_TIME || mul == div) {
            return value;
        }
        long high = Math.multiplyHigh(value, mul);
        long low = value * mul;
        long half = div / 2;
        if ((high == 0 && low >= 0 && low <= Long.MAX_VALUE - half)
                || (high == -1 && low < 0 && low >= Long.MIN_VALUE + half)) {
            return (low >= 0 ? low + half : low - half) / div;
        }
        var product = BigInteger.valueOf(value).multiply(BigInteger.valueOf(mul));
        var rounding = BigInteger.valueOf(product.signum() >= 0 ? half : -half);
        return product.add(rounding).divide(BigInteger.valueOf(div)).longValueExact();
    }

    @Override
    public String toString() {
        return num + "/" + den;
    }
}
