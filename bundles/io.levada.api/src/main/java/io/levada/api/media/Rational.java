/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

/**
 * A ratio of two integers: frames a second, a pixel's aspect.
 *
 * @param num numerator
 * @param den denominator, greater than zero
 */
public record Rational(int num, int den) {

    /** Not known: a variable frame rate, an unset aspect ratio. */
    public static final Rational UNKNOWN = new Rational(0, 1);

    public static final Rational ONE = new Rational(1, 1);

    public Rational {
        if (den <= 0) {
            throw new IllegalArgumentException("denominator must be positive: " + num + "/" + den);
        }
    }

    public boolean known() {
        return num > 0;
    }

    public double value() {
        return (double) num / den;
    }

    @Override
    public String toString() {
        return num + "/" + den;
    }
}
